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
        var (set, classifier, form, attack) = (new TestSetOptions(), CommonOptions.Classifier(), new ClassifierFormOptions(), new AttackOptions());
        var purifier = new PurifierOptions("Its directions are measured.");
        purifier.Source.Required = true;
        var seed = new Option<long>("--seed") { Description = "Seed of the attack." };
        var threads = CommonOptions.Threads();
        var output = new Option<string?>("--output") { Description = "Path without extension of the JSON record, the Markdown tables and the HTML page (default: runs/benchmark/directions-<purifier>-<classifier>)." };

        var command = new Command("directions", "Compare how a purifier moves clean and adversarial images.") { classifier, seed, threads, output };
        set.AddTo(command);
        form.AddTo(command);
        purifier.AddTo(command);
        attack.AddTo(command);
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            var images = set.Read(parsed);
            var judge = NamedModel.Classifier(parsed.GetRequiredValue(classifier), images, form.Read(parsed));
            var cleaner = purifier.Open(parsed, images, judge)!;
            var chosen = attack.Create(parsed, images.ClassNames.Count);
            var basePath = new RecordPlace(CommonOptions.CommandLine(parsed), judge.Reference, cleaner.Reference).Choose(parsed.GetValue(output), "benchmark", $"directions-{purifier.Stem(parsed)}-{Path.GetFileNameWithoutExtension(judge.Source)}");
            var measurement = new DirectionMeasurement(judge.AsClassifier(), cleaner.AsPurifier(), chosen, new EvaluationOptions
            {
                Seed = parsed.GetValue(seed),
                BatchSize = AttackBatch.Size(images, cleaner.File.Purifier),
                StatePath = basePath + ".state.json",
                Subject = $"classifier {judge.Reference.Digest}, purifier {cleaner.Reference.Digest}",
            });
            var record = new DirectionsRecord
            {
                Command = CommonOptions.CommandLine(parsed),
                Dataset = images.Name,
                Attack = chosen.Description,
                Seed = parsed.GetValue(seed),
                Classifier = judge.Reference,
                Purifier = cleaner.Reference,
                Pairs = LongTask.Run("images attacked", images.Count, progress => measurement.Measure(images, progress, cancellation)),
            };
            record.Save(basePath);
            measurement.Finish();
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
