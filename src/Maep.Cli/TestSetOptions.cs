using System.CommandLine;
using Maep.Training.Data;
using Maep.Transforms;

namespace Maep.Cli;

/// <summary>The options that choose the images to attack, for the commands that do: a set by name, or a folder with one folder of images for each class.</summary>
internal sealed class TestSetOptions
{
    private readonly Option<string> _set = new("--data") { Description = "Test set: cifar10, cifar100, shapes10, or a folder <class>/<image>.", DefaultValueFactory = _ => "cifar10" };
    private readonly Option<string?> _root = CommonOptions.DataRoot();
    private readonly Option<int> _samples = CommonOptions.Samples("Test images, from the start of the set; of a folder, as many of each class.", 1000);

    /// <summary><c>--size</c>.</summary>
    public Option<int> Size { get; } = CommonOptions.AtLeastOne("--size", "Rows and columns that the images of a folder are stretched to; of corrupted or coloured images, those that a classifier of any size gets (default there: as the first image has them).", 224);

    /// <summary><c>--classes</c>.</summary>
    public Option<string?> Classes { get; } = new("--classes") { Description = "Class index of a folder: JSON such as Keras' imagenet_class_index.json. Without it the class folders are numbered in order of their names, whole numbers by value; ImageNet's need all 1000." };

    /// <summary>Adds the options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="others">Options that ask for other images, where the command has such.</param>
    public void AddTo(Command command, IReadOnlyList<Option>? others = null)
    {
        foreach (var option in new Option[] { _set, _root, _samples, Size, Classes })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (others is not null && others.Any(option => result.GetResult(option) is { Implicit: false }))
                return;
            if (result.GetValue(_set) is { } set && !Directory.Exists(set) && new Option[] { Size, Classes }.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } given)
                result.AddError($"{given.Name} is for a folder of images, and --data {set} is none; leave it out, or name a folder.");
        });
    }

    /// <summary>The images asked for.</summary>
    public LabelledImages Read(ParseResult parsed)
    {
        var (set, samples) = (parsed.GetValue(_set)!, parsed.GetValue(_samples));
        return Directory.Exists(set) && !DataSource.Names.Contains(set)
            ? Folder(parsed, set, samples)
            : DataSource.Test(set, DataSource.Root(parsed.GetValue(_root))).Take(samples);
    }

    /// <summary>Name of the folder of each class, by label, where an index calls the classes otherwise; null where it is the class's own.</summary>
    public IReadOnlyList<string>? ClassFolders(ParseResult parsed) => parsed.GetValue(Classes) is { } classes ? ImageNetClassIndex.Read(classes).Folders : null;

    private LabelledImages Folder(ParseResult parsed, string root, int samples)
    {
        var (size, classes) = (parsed.GetValue(Size), parsed.GetValue(Classes));
        var images = ImageFolder.Read(DataSource.Listed(root, numbered: classes is null), size, size, resize: true);
        DataSource.PrintMap(CommonOptions.IsVerbose(parsed), ClassFolders(parsed) ?? images.ClassNames);
        Console.Error.WriteLine($"{root}: {Math.Min(samples, images.Count)} of {images.Count} images, in turns over the classes; each is decoded when it is needed");
        if (classes is null)
            return images.InTurns().Take(samples);
        var index = ImageNetClassIndex.Read(classes);
        return images.InTurns(name => index.Require(name, root), index.Names).Take(samples);
    }
}
