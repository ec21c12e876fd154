using System.CommandLine;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Export;
using Spectre.Console;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep benchmark tiles</c>: ways for a purifier of one size over larger images.</summary>
internal static class TilesBenchmark
{
    private const int BatchSize = 2; // the whole of a 224x224 image has 12,544 patches of 2x2, each of which attends to all

    public static Command Create(CancellationToken cancellation)
    {
        var (set, classifier, form, attack) = (new TestSetOptions(), CommonOptions.Classifier(), new ClassifierFormOptions(), new AttackOptions());
        var purifier = new Option<string>("--purifier") { Description = "Purifier with a size of its own: .onnx of maep export.", Required = true };
        var overlaps = new Option<int[]>("--overlaps") { Description = "Least pixels that tiles share, for example 0 4 8.", DefaultValueFactory = _ => [0, 2, 4, 8, 16], AllowMultipleArgumentsPerToken = true };
        var whole = new Option<bool>("--whole") { Description = "Purify the whole image at once, too: memory grows with the square of its pixels." };
        var seed = new Option<long>("--seed") { Description = "Seed of the attack." };
        var threads = CommonOptions.Threads();
        var output = new Option<string?>("--output") { Description = "Path without extension of the JSON record and the Markdown table (default: runs/benchmark/tiles)." };

        var command = new Command("tiles", "Compare ways for a purifier over larger images: seams, cost, accuracy.") { classifier, purifier, overlaps, whole, seed, threads, output };
        set.AddTo(command);
        form.AddTo(command);
        attack.AddTo(command);
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            var images = set.Read(parsed);
            var (judge, cleaner) = (NamedModel.Classifier(parsed.GetRequiredValue(classifier), images, form.Read(parsed)).File, ModelFile.OpenPurifier(parsed.GetRequiredValue(purifier)));
            if (cleaner.Purifier!.NativeSize is not { } size)
                throw new ArgumentException($"{parsed.GetRequiredValue(purifier)} has no size of its own, so it needs no tiles; give a masked autoencoder.");
            if (images.Height <= size)
                throw new ArgumentException($"Images of {images.Height}x{images.Width} make no tiles of {size}x{size}; give a larger --size.");
            if (parsed.GetRequiredValue(overlaps).FirstOrDefault(overlap => overlap < 0 || overlap > size / 2) is var wrong and not 0)
                throw new ArgumentException($"--overlaps {wrong} must be 0 to {size / 2}, half of a tile.");
            int?[] ways = [.. parsed.GetValue(whole) ? [null] : Array.Empty<int?>(), .. parsed.GetRequiredValue(overlaps).Select(overlap => (int?)overlap)];
            var chosen = attack.Create(parsed, images.ClassNames.Count);
            var (first, second) = (ModelReference.Of(parsed.GetRequiredValue(classifier), judge), ModelReference.Of(parsed.GetRequiredValue(purifier), cleaner));
            var basePath = new RecordPlace(CommonOptions.CommandLine(parsed), first, second).Choose(parsed.GetValue(output), "benchmark", "tiles");

            var study = LongTask.Run("images", images.Count * (ways.Length + 1), progress =>
            {
                var measurement = new TilingMeasurement(judge.Network, cleaner.Purifier, size, BatchSize);
                var bare = measurement.Attack(images, chosen, parsed.GetValue(seed), progress, cancellation);
                return new TilingStudy
                {
                    Command = CommonOptions.CommandLine(parsed),
                    Dataset = images.Name,
                    Attack = chosen.Description,
                    Seed = parsed.GetValue(seed),
                    Classifier = first,
                    Purifier = second,
                    BareClean = bare.Clean,
                    BareRobust = bare.Robust,
                    Methods = [.. ways.Select((overlap, way) => measurement.Measure(overlap, done => progress((images.Count * (way + 1)) + done), cancellation))],
                };
            });
            study.Save(basePath);
            ConsoleTable.Write($"{study.Purifier.File} over {images.Width}x{images.Height} images", TilingStudy.Headers, study.Rows(), Justify.Right);
            Console.WriteLine($"{study.Attack}, on the bare classifier (non-adaptive); record in {basePath}.json and .md");
            return ExitCode.Success;
        });
        return command;
    }
}
