using System.CommandLine;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Evaluation.Protocols;
using Maep.Export;
using Spectre.Console;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep evaluate</c>: accuracy with and without a purifier, clean and attacked, non-adaptive and adaptive, or on corrupted images.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CancellationToken cancellation)
    {
        var set = new TestSetOptions();
        var classifier = CommonOptions.Classifier();
        classifier.Required = false; // corrupted images are classified by --pipeline
        var purifier = new PurifierOptions("Without it the bare classifier is measured.");
        var attack = new AttackOptions();
        var adaptive = CommonOptions.AdaptiveSamples("Images of the adaptive attack; 0 leaves it out.", 1000);
        var seed = new Option<long>("--seed") { Description = "Seed of the attack." };
        var protocol = new Option<string?>("--protocol") { Description = "A named set of attacks instead of --attack: quick (PGD-10), paper (PGD-100 and AutoAttack) or trust (all attackers, query attacks, flags, curve). Linf." };
        protocol.AcceptOnlyFromAmong([.. Protocol.Names]);
        var transfer = new Option<string?>("--transfer") { Description = "Another classifier, for the transfer attacks of --protocol trust." };
        var threads = CommonOptions.Threads();
        var output = new Option<string?>("--output") { Description = "Path without extension of the JSON record and the Markdown table (default: runs/evaluation/<purifier>-<classifier>-<attack>)." };

        var command = new Command("evaluate", "Measure accuracy, clean and attacked or corrupted, with and without a purifier.")
        {
            classifier, adaptive, protocol, transfer, seed, threads, output,
        };
        var corruptions = new CorruptionEvaluationOptions(set.Classes);
        set.AddTo(command, corruptions.Roots);
        purifier.AddTo(command);
        attack.AddTo(command);
        corruptions.AddTo(command, classifier, purifier.Source, threads, output);
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            if (corruptions.Create(parsed, parsed.GetValue(purifier.Source), parsed.GetValue(threads)) is { } corrupted)
                return corrupted.Evaluate(parsed.GetValue(output), CommonOptions.CommandLine(parsed), cancellation);
            var images = set.Read(parsed);
            var path = parsed.GetValue(output) ?? Path.Combine("runs", "evaluation",
                $"{purifier.Stem(parsed)}-{Path.GetFileNameWithoutExtension(parsed.GetRequiredValue(classifier))}-{parsed.GetValue(protocol) ?? parsed.GetValue(attack.Name)}");
            var judge = NamedModel.Classifier(parsed.GetRequiredValue(classifier));
            var cleaner = purifier.Open(parsed, images, judge);
            if (parsed.GetValue(protocol) is { } name)
            {
                var run = new ProtocolEvaluation(name, parsed.GetValue(attack.Epsilon), judge, cleaner, parsed.GetValue(transfer) is { } other ? NamedModel.Classifier(other) : null, parsed.GetValue(seed));
                return run.Evaluate(images, path, CommonOptions.CommandLine(parsed), cancellation);
            }
            var options = new EvaluationOptions
            {
                Seed = parsed.GetValue(seed),
                AdaptiveImages = parsed.GetValue(adaptive),
                BatchSize = PurifierOptions.BatchSize(images, cleaner),
                StatePath = path + ".state.json",
                Subject = $"classifier {NamedModel.Digest(judge)}, purifier {NamedModel.Digest(cleaner)}",
            };
            return Evaluate(judge, cleaner, attack.Create(parsed), options, images, path, CommonOptions.CommandLine(parsed), cancellation);
        });
        return command;
    }

    private static int Evaluate(NamedModel classifier, NamedModel? purifier, IAttack attack, EvaluationOptions options, Training.Data.LabelledImages images, string output, string commandLine, CancellationToken cancellation)
    {
        var evaluator = new RobustnessEvaluator(classifier.File.Network, purifier?.File.Network, attack, options);
        var result = LongTask.Run("images attacked", images.Count, progress => evaluator.Evaluate(images, progress, cancellation));
        var record = new ResultRecord
        {
            Command = commandLine,
            Dataset = images.Name,
            Attack = attack.Description,
            Seed = options.Seed,
            Classifier = classifier.Reference,
            Purifier = purifier?.Reference,
            GradientStandIn = purifier?.GradientStandIn,
            Result = result,
        };
        record.Save(output);
        evaluator.Finish();
        Print(record);
        Console.WriteLine($"record in {output}.json and {output}.md");
        return ExitCode.Success;
    }

    private static void Print(ResultRecord record)
    {
        ConsoleTable.Write($"{record.Purifier?.File ?? "no purifier"} ahead of {record.Classifier.File}", ResultRecord.Headers, record.Rows(), Justify.Right);
        Console.WriteLine($"{record.Dataset}; {record.Attack}; seed {record.Seed}");
        Console.WriteLine(ResultRecord.Explanation);
    }
}
