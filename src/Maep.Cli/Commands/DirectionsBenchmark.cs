using System.CommandLine;
using Maep.Evaluation;
using Maep.Evaluation.Directions;
using Maep.Export;
using Spectre.Console;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep benchmark directions</c>: whether a purifier moves clean and adversarial images alike (paper section 3.3, Table 2).</summary>
internal static class DirectionsBenchmark
{
    public static Command Create(CancellationToken cancellation)
    {
        var (set, root, classifier, attack) = (CommonOptions.TestSet(), CommonOptions.DataRoot(), CommonOptions.Classifier(), new AttackOptions());
        var purifier = CommonOptions.Purifier("Its directions are measured.");
        purifier.Required = true;
        var samples = CommonOptions.Samples("Test images, from the start of the set; at least 2.", 200);
        var seed = new Option<long>("--seed") { Description = "Seed of the attack." };
        var threads = CommonOptions.Threads();
        var output = new Option<string?>("--output") { Description = "Path without extension of the JSON record, the Markdown tables and the HTML page (default: runs/benchmark/directions-<purifier>-<classifier>)." };

        var command = new Command("directions", "Compare how a purifier moves clean and adversarial images.") { set, root, classifier, purifier, samples, seed, threads, output };
        attack.AddTo(command);
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            var (judged, cleaned) = (parsed.GetRequiredValue(classifier), parsed.GetRequiredValue(purifier)!);
            var images = DataSource.Test(parsed.GetValue(set)!, DataSource.Root(parsed.GetValue(root))).Take(parsed.GetValue(samples));
            var judge = ModelFile.Open(judged);
            var cleaner = ModelFile.OpenPurifier(cleaned, judge.Network);
            var chosen = attack.Create(parsed);
            var measurement = new DirectionMeasurement(judge.Network, cleaner.Network, chosen, parsed.GetValue(seed));
            var record = new DirectionsRecord
            {
                Command = CommonOptions.CommandLine(parsed),
                Dataset = images.Name,
                Attack = chosen.Description,
                Seed = parsed.GetValue(seed),
                Classifier = ModelReference.Of(judged, judge),
                Purifier = ModelReference.Of(cleaned, cleaner),
                Pairs = LongTask.Run("images attacked", images.Count, progress => measurement.Measure(images, progress, cancellation)),
            };
            var basePath = parsed.GetValue(output) ?? Path.Combine("runs", "benchmark", $"directions-{ModelFile.Stem(cleaned)}-{Path.GetFileNameWithoutExtension(judged)}");
            record.Save(basePath);
            ConsoleTable.Write("How the purifier moves images", DirectionsRecord.DirectionHeaders, record.DirectionRows(), Justify.Right);
            ConsoleTable.Write("What the classifier makes of it", DirectionsRecord.AnswerHeaders, record.AnswerRows(), Justify.Right);
            Console.WriteLine(record.Headline());
            Console.WriteLine(DirectionsRecord.Explanation);
            Console.WriteLine($"record in {basePath}.json, .md and .html");
            return ExitCode.Success;
        });
        return command;
    }
}
