using System.CommandLine;
using System.Globalization;
using Maep.Attacks;
using Maep.Cli.Demo;
using Maep.Evaluation;
using Maep.Export;
using Maep.Training.Data;
using Spectre.Console;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep demo</c>: attacks a few hundred images and purifies them in a saved and reloaded ML.NET pipeline, with the shipped models.</summary>
internal static class DemoCommand
{
    private const int AdaptiveImages = 50;
    private const int Examples = 8;
    private const double Amplification = 10;

    public static Command Create(CancellationToken cancellation)
    {
        var root = new Option<string?>("--data-root") { Description = "Folder with CIFAR-10 (default: MAEP_DATA, then ./data); without it the demo draws Shapes10." };
        var samples = CommonOptions.Samples("Images attacked.", 200);
        var threads = CommonOptions.Threads();
        var output = new Option<string>("--output") { Description = "HTML page to write.", DefaultValueFactory = _ => Path.Combine("runs", "demo", "demo.html") };
        var command = new Command("demo", "Attack images and purify them in an ML.NET pipeline, with the shipped models.") { root, samples, threads, output };
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            return Run(DataSource.Root(parsed.GetValue(root)), parsed.GetValue(samples), parsed.GetValue(output)!, cancellation);
        });
        return command;
    }

    private static int Run(string root, int samples, string output, CancellationToken cancellation)
    {
        var set = CifarReader.HasCifar10(root) ? "cifar10" : "shapes10";
        if (set == "shapes10")
            Console.WriteLine($"No CIFAR-10 in '{root}': drawing Shapes10 instead (`maep data cifar10` fetches it; MAEP_DATA names a copy).");
        var images = DataSource.Test(set, root).Take(samples);
        var (purifierPath, classifierPath) = (ShippedModels.Path($"maep-{set}.onnx"), ShippedModels.Path($"classifier-{set}.onnx"));
        var (purifier, classifier) = (ModelFile.Open(purifierPath), ModelFile.Open(classifierPath));
        var attack = new ProjectedGradientDescent(new PgdOptions());
        var states = LongTask.Run("images attacked", images.Count, progress => ImageStates.Make(images, classifier.Network, purifier.Network, attack, AdaptiveImages, progress, cancellation));

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        var zip = Path.ChangeExtension(output, ".zip");
        var bare = DefencePipeline.Bare(classifierPath);
        var defence = DefencePipeline.SavedAndLoaded(purifierPath, classifierPath, zip);
        var labels = images.Labels.ToArray();
        var (before, after) = (bare.Predict(states.Attacked), defence.Predict(states.Attacked));
        var table = new HtmlTable($"Accuracy on {images.Count} images of {images.Name}, {attack.Description}", ["Images", "Classifier alone", "Purified in ML.NET"],
        [
            ["clean", Share(bare.Predict(states.Clean), labels), Share(defence.Predict(states.Clean), labels)],
            ["attacked, non-adaptive (the attacker ignores the purifier)", Share(before, labels), Share(after, labels)],
            [$"attacked, adaptive (attacks purifier and classifier end to end; {states.Adaptive.shape[0]} images)", "", Share(defence.Predict(states.Adaptive), labels[..(int)states.Adaptive.shape[0]])],
        ]);
        ConsoleTable.Write(table.Caption, table.Headers, table.Rows, Justify.Left);
        Console.WriteLine(ResultRecord.Explanation);
        Page(table, states, images, before, after, [("Purifier", $"{Path.GetFileName(purifierPath)} {purifier.Sha256}"), ("Classifier", $"{Path.GetFileName(classifierPath)} {classifier.Sha256}"), ("Attack", attack.Description), ("Seed", "0")]).Write(output);
        Console.WriteLine($"page in {output}, pipeline in {zip}");
        return ExitCode.Success;
    }

    private static HtmlReport Page(HtmlTable table, ImageStates states, LabelledImages images, int[] before, int[] after, IReadOnlyList<(string, string)> settings)
    {
        var count = Math.Min(Examples, images.Count);
        var (clean, attacked, purified) = (states.Clean.narrow(0, 0, count), states.Attacked.narrow(0, 0, count), states.Purified.narrow(0, 0, count));
        var labels = images.Labels.ToArray();
        return new HtmlReport
        {
            Title = "Adversarial images, purified ahead of an ML.NET classifier",
            Subtitle = [ResultRecord.Explanation],
            Tables = [table],
            Pictures =
            [
                new HtmlPictures($"The first {count} images; differences are amplified {Amplification} times around grey",
                    [
                        ("clean", clean), ("attacked", attacked), ("purified", purified),
                        ("attack", PictureGrid.Amplified(attacked - clean, Amplification)),
                        ("left over", PictureGrid.Amplified(purified - clean, Amplification)),
                    ],
                    [.. Enumerable.Range(0, count).Select(index => new PictureCaption(images.ClassNames[labels[index]], images.ClassNames[before[index]], images.ClassNames[after[index]]))]),
            ],
            Settings = settings,
        };
    }

    private static string Share(int[] predicted, int[] labels) => string.Create(CultureInfo.InvariantCulture,
        $"{100.0 * predicted.Zip(labels).Count(pair => pair.First == pair.Second) / labels.Length:F1} %");
}
