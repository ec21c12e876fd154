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
            if (Sets.Contains(result.GetValue(source)) && result.GetResult(severities) is { Implicit: false })
                result.AddError("--severities does not apply to a named set, whose .npy files hold all five; leave it out.");
        });
        command.SetAction(parsed =>
        {
            var overlays = parsed.GetValue(frost) is { } folder ? FrostOverlays.Load(folder) : FrostOverlays.Drawn();
            var chosen = new CorruptionCatalogue(overlays).Select(parsed.GetValue(corruptions)!);
            if (chosen.OfType<Frost>().Any())
                Console.WriteLine($"frost: {overlays.Description}");
            if (parsed.GetValue(sheet) is { } picture)
                return CorruptionSheet.Write(picture, chosen, common.Seed(parsed));
            var (from, to) = (parsed.GetValue(source)!, parsed.GetValue(destination)!);
            return Sets.Contains(from)
                ? WriteArrays(DataSource.Test(from, DataSource.Root(parsed.GetValue(root))).Take(parsed.GetValue(samples)), to)
                : WriteFolder(from, to);

            int WriteFolder(string from, string to)
            {
                var preparation = common.Preparation(parsed, from);
                Console.WriteLine($"images: {preparation.Description}");
                var work = new CorruptedFolder(chosen, parsed.GetValue(severities)!, common.Seed(parsed));
                return DerivedImageOptions.Run(to, "images corrupted", progress => work.Write(from, to, preparation, common.Format(parsed), overlays, common.Threads(parsed), progress, cancellation));
            }

            int WriteArrays(LabelledImages set, string to)
            {
                RgbImage[] images = [.. Enumerable.Range(0, set.Count).Select(index => new RgbImage(set.Image(index).ToArray(), set.Height, set.Width))];
                var work = new CorruptedArrays(chosen, common.Seed(parsed));
                var written = LongTask.Run("images corrupted", progress => work.Write(set.Name, images, set.Labels.ToArray(), to, overlays, common.Threads(parsed), progress, cancellation));
                Console.WriteLine($"{to}: {written.Count} arrays of 5 x {set.Count} images written; {chosen.Count - written.Count} were finished before");
                return ExitCode.Success;
            }
        });
        return command;
    }

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
