using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Maep.Corruptions;
using Maep.Corruptions.Folders;
using Maep.Corruptions.Weather;
using Maep.Training.Data;

namespace Maep.Cli.Commands;

/// <summary><c>maep corrupt</c>: corrupts a folder of images as ImageNet-C, or a CIFAR set as CIFAR-10-C.</summary>
internal static class CorruptCommand
{
    private static readonly string[] Sets = ["cifar10", "cifar100", "shapes10"];

    public static Command Create(CancellationToken cancellation)
    {
        var source = new Argument<string?>("SRC") { Description = "Folder with one folder of images per class, or cifar10, cifar100, shapes10: their test images, written as .npy.", Arity = ArgumentArity.ZeroOrOne };
        var destination = new Argument<string?>("DEST") { Description = "Folder to write: DEST/corruption/severity/class/image, or DEST/corruption.npy.", Arity = ArgumentArity.ZeroOrOne };
        var corruptions = Corruptions();
        var severities = Severities();
        var frost = new Option<string?>("--frost") { Description = "Folder with pictures of frost, such as the original's; without it frost is drawn." };
        var sheet = new Option<string?>("--sheet") { Description = "Instead of SRC and DEST: a .jpg or .png to write, a drawn scene under each corruption at each severity." };
        var root = CommonOptions.DataRoot();
        var samples = CommonOptions.Samples("Test images of a named set, from its start.", 10_000);
        var common = new DerivedImageOptions();

        var command = new Command("corrupt", "Make the corruptions of ImageNet-C, or of CIFAR-10-C.") { source, destination, corruptions, severities, frost, sheet, root, samples };
        common.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(sheet) is null && result.GetValue(destination) is null)
                result.AddError("Name SRC and DEST, or --sheet FILE for a picture of all corruptions.");
            if (result.GetValue(sheet) is not null && result.GetValue(source) is not null)
                result.AddError("--sheet draws its own scene; leave SRC and DEST out.");
            var (others, what) = result.GetValue(sheet) is not null ? ([.. common.OfFolders, severities, root, samples], "the picture of --sheet, which shows all severities of its own scene")
                : Sets.Contains(result.GetValue(source)) ? ([.. common.OfFolders, severities], "a named set, whose arrays hold 32x32 images at all severities")
                : ((Option[])[root, samples], "a folder of images");
            foreach (var option in others.Where(option => result.GetResult(option) is { Implicit: false }))
                result.AddError($"{option.Name} does not apply to {what}; leave it out.");
        });
        command.SetAction(parsed =>
        {
            var overlays = parsed.GetValue(frost) is { } folder ? FrostOverlays.Load(folder) : FrostOverlays.Drawn();
            var chosen = new CorruptionCatalogue(overlays).Select(parsed.GetValue(corruptions)!);
            if (chosen.OfType<Frost>().Any())
                Console.WriteLine($"frost: {overlays.Description}");
            if (parsed.GetValue(sheet) is { } picture)
                return CorruptionSheet.Write(picture, chosen, common.Seed(parsed));
            var (from, to, threads) = (parsed.GetValue(source)!, parsed.GetValue(destination)!, common.Threads(parsed));
            if (Sets.Contains(from))
            {
                var set = DataSource.Test(from, DataSource.Root(parsed.GetValue(root))).Take(parsed.GetValue(samples));
                return WriteArrays(set, chosen, progress => new CorruptedArrays(chosen, common.Seed(parsed)).Write(set.Name, Images(set), set.Labels.ToArray(), set.ClassNames, to, overlays, threads, progress, cancellation), to);
            }
            var preparation = common.Preparation(parsed, from);
            Console.WriteLine($"images: {preparation.Description}");
            var work = new CorruptedFolder(chosen, parsed.GetValue(severities)!, common.Seed(parsed));
            return DerivedImageOptions.Run(to, "images corrupted", progress => work.Write(from, to, preparation, common.Format(parsed), overlays, threads, progress, cancellation));
        });
        return command;
    }

    private static int WriteArrays(LabelledImages set, IReadOnlyList<Corruption> chosen, Func<Action<int, int>, IReadOnlyList<string>> work, string destination)
    {
        var written = LongTask.Run("images corrupted", progress => work((done, total) => progress(done, total)));
        Console.WriteLine($"{destination}: {written.Count} arrays of 5 x {set.Count} images written; {chosen.Count - written.Count} were finished before");
        return ExitCode.Success;
    }

    private static RgbImage[] Images(LabelledImages set) =>
        [.. Enumerable.Range(0, set.Count).Select(index => new RgbImage(set.Image(index).ToArray(), set.Height, set.Width))];

    private static Option<string[]> Corruptions()
    {
        var names = new CorruptionCatalogue(FrostOverlays.Drawn());
        return new Option<string[]>("--corruptions")
        {
            Description = $"With commas: {string.Join(", ", names.Names)}.",
            DefaultValueFactory = _ => ["benchmark"],
            CustomParser = result => Words(result, word => names.Names.Contains(word), $"is not known; use {string.Join(", ", names.Names)}"),
        };
    }

    private static Option<int[]> Severities() => new("--severities")
    {
        Description = "With commas, from 1 to 5.",
        DefaultValueFactory = _ => [.. Enumerable.Range(1, Corruption.Severities)],
        CustomParser = result => [.. Words(result, word => word is ['1' or '2' or '3' or '4' or '5'], "is no severity; use 1 to 5").Select(word => int.Parse(word, CultureInfo.InvariantCulture))],
    };

    private static string[] Words(ArgumentResult result, Func<string, bool> known, string fault)
    {
        string[] words = [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)).Distinct()];
        if (words.FirstOrDefault(word => !known(word)) is not { } odd)
            return words;
        result.AddError($"'{odd}' {fault}.");
        return [];
    }
}
