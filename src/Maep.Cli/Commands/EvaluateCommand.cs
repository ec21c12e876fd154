using System.CommandLine;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Evaluation.Protocols;
using Maep.Export;
using Maep.Training.Purifiers;
using Spectre.Console;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep evaluate</c>: accuracy with and without a purifier, clean and attacked, non-adaptive and adaptive, or on corrupted images.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CancellationToken cancellation)
    {
        var set = CommonOptions.TestSet();
        var root = CommonOptions.DataRoot();
        var classifier = CommonOptions.Classifier();
        classifier.Required = false; // corrupted images are classified by --pipeline
        var purifier = CommonOptions.Purifier("Without it the bare classifier is measured.");
        var attack = new AttackOptions();
        var samples = CommonOptions.Samples("Test images, from the start of the set.", 1000);
        var adaptive = new Option<int>("--adaptive-samples") { Description = "Images of the adaptive attack; 0 leaves it out.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<long>("--seed") { Description = "Seed of the attack." };
        var protocol = new Option<string?>("--protocol") { Description = "A named set of attacks instead of --attack: quick (PGD-10), paper (PGD-100 and AutoAttack) or trust (all attackers, query attacks, flags, curve). Linf." };
        protocol.AcceptOnlyFromAmong([.. Protocol.Names]);
        var transfer = new Option<string?>("--transfer") { Description = "Another classifier, for the transfer attacks of --protocol trust." };
        var threads = CommonOptions.Threads();
        var output = new Option<string?>("--output") { Description = "Path without extension of the JSON record and the Markdown table (default: runs/evaluation/<purifier>-<classifier>-<attack>)." };

        var command = new Command("evaluate", "Measure accuracy, clean and attacked or corrupted, with and without a purifier.")
        {
            set, root, classifier, purifier, samples, adaptive, protocol, transfer, seed, threads, output,
        };
        attack.AddTo(command);
        var corruptions = new CorruptionEvaluationOptions();
        corruptions.AddTo(command, classifier, purifier, threads, output);
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            if (corruptions.Create(parsed, parsed.GetValue(purifier), parsed.GetValue(threads)) is { } corrupted)
                return corrupted.Evaluate(parsed.GetValue(output), CommonOptions.CommandLine(parsed), cancellation);
            var images = DataSource.Test(parsed.GetValue(set)!, DataSource.Root(parsed.GetValue(root))).Take(parsed.GetValue(samples));
            if (parsed.GetValue(protocol) is { } name)
            {
                var run = new ProtocolEvaluation(name, parsed.GetValue(attack.Epsilon), parsed.GetRequiredValue(classifier), parsed.GetValue(purifier), parsed.GetValue(transfer), parsed.GetValue(seed));
                return run.Evaluate(images, parsed.GetValue(output), CommonOptions.CommandLine(parsed), cancellation);
            }
            var pair = new PairNames(parsed.GetRequiredValue(classifier), parsed.GetValue(purifier), parsed.GetValue(attack.Name)!);
            var options = new EvaluationOptions { Seed = parsed.GetValue(seed), AdaptiveImages = parsed.GetValue(adaptive) };
            return Evaluate(pair, attack.Create(parsed), options, images, parsed.GetValue(output) ?? pair.DefaultOutput, CommonOptions.CommandLine(parsed), cancellation);
        });
        return command;
    }

    private sealed record PairNames(string Classifier, string? Purifier, string Attack)
    {
        public string DefaultOutput => Path.Combine("runs", "evaluation",
            $"{(Purifier is null ? "bare" : ModelFile.Stem(Purifier))}-{Path.GetFileNameWithoutExtension(Classifier)}-{Attack}");
    }

    private static int Evaluate(PairNames names, IAttack attack, EvaluationOptions options, Training.Data.LabelledImages images, string output, string commandLine, CancellationToken cancellation)
    {
        var classifier = ModelFile.Open(names.Classifier);
        var purifier = names.Purifier is null ? null : ModelFile.OpenPurifier(names.Purifier, classifier.Network);
        var evaluator = new RobustnessEvaluator(classifier.Network, purifier?.Network, attack, options);
        var result = LongTask.Run("images attacked", images.Count, progress => evaluator.Evaluate(images, progress, cancellation));
        var record = new ResultRecord
        {
            Command = commandLine,
            Dataset = images.Name,
            Attack = attack.Description,
            Seed = options.Seed,
            Classifier = ModelReference.Of(names.Classifier, classifier),
            Purifier = purifier is null ? null : ModelReference.Of(names.Purifier!, purifier),
            GradientStandIn = (purifier?.Network as UntrainedPurifier)?.GradientStandIn,
            Result = result,
        };
        record.Save(output);
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
