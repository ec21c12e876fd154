using System.CommandLine;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Export;
using Spectre.Console;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep evaluate</c>: accuracy with and without a purifier, clean and attacked, non-adaptive and adaptive.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CancellationToken cancellation)
    {
        var set = new Option<string>("--data") { Description = "Test set: cifar10, cifar100 or shapes10.", DefaultValueFactory = _ => "cifar10" };
        var root = new Option<string?>("--data-root") { Description = "Folder with the data sets (default: MAEP_DATA, then ./data)." };
        var classifier = new Option<string>("--classifier") { Description = "Classifier: .onnx of maep export, or CIFAR ResNet weights as .safetensors.", Required = true };
        var purifier = new Option<string?>("--purifier") { Description = "Purifier: .onnx of maep export. Without it the bare classifier is measured." };
        var attack = new Option<string>("--attack") { Description = $"{string.Join(", ", NamedAttacks.All)}.", DefaultValueFactory = _ => "pgd" };
        attack.AcceptOnlyFromAmong([.. NamedAttacks.All]);
        var norm = new Option<string>("--norm") { Description = "Linf or L2.", DefaultValueFactory = _ => "Linf" };
        norm.AcceptOnlyFromAmong("Linf", "L2");
        var epsilon = new Option<double>("--epsilon") { Description = "Budget in pixel units on [0, 1], for example 8/255.", CustomParser = Fraction.Parse, DefaultValueFactory = _ => 8.0 / 255 };
        var step = new Option<double>("--step-size") { Description = "Length of one step of bim and pgd, for example 2/255.", CustomParser = Fraction.Parse, DefaultValueFactory = _ => 2.0 / 255 };
        var steps = new Option<int>("--steps") { Description = "Gradient steps of bim, pgd and mifgsm; the attacks after them have the settings of their papers.", DefaultValueFactory = _ => 10 };
        var restarts = new Option<int>("--restarts") { Description = "Random starts of pgd.", DefaultValueFactory = _ => 1 };
        var samples = CommonOptions.Samples("Test images, from the start of the set.", 1000);
        var adaptive = new Option<int>("--adaptive-samples") { Description = "Images of the adaptive attack; 0 leaves it out.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<long>("--seed") { Description = "Seed of the attack." };
        var threads = CommonOptions.Threads();
        var output = new Option<string?>("--output") { Description = "Path without extension of the JSON record and the Markdown table (default: runs/evaluation/<purifier>-<classifier>-<attack>)." };

        var command = new Command("evaluate", "Measure accuracy, clean and attacked, with and without a purifier.")
        {
            set, root, classifier, purifier, attack, norm, epsilon, step, steps, restarts, samples, adaptive, seed, threads, output,
        };
        command.Validators.Add(result =>
        {
            var name = result.GetValue(attack)!;
            if (NamedAttacks.All.Contains(name) && !NamedAttacks.TakesSteps(name) && new Option[] { step, steps, restarts }.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } given)
                result.AddError($"{given.Name} does not apply to {name}, which has the settings of its paper; leave it out.");
        });
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            var pair = new PairNames(parsed.GetRequiredValue(classifier), parsed.GetValue(purifier), parsed.GetValue(attack)!);
            var ball = PerturbationNorm.Parse(parsed.GetValue(norm)!);
            var chosen = NamedAttacks.TakesSteps(pair.Attack)
                ? new ProjectedGradientDescent(PgdOptions.Named(pair.Attack, parsed.GetValue(epsilon), parsed.GetValue(step), parsed.GetValue(steps)) with { Norm = ball, Restarts = parsed.GetValue(restarts) })
                : NamedAttacks.Create(pair.Attack, ball, parsed.GetValue(epsilon));
            var options = new EvaluationOptions { Seed = parsed.GetValue(seed), AdaptiveImages = parsed.GetValue(adaptive) };
            return Evaluate(pair, chosen, options, DataSource.Test(parsed.GetValue(set)!, DataSource.Root(parsed.GetValue(root))).Take(parsed.GetValue(samples)),
                parsed.GetValue(output) ?? pair.DefaultOutput, $"maep {string.Join(' ', parsed.Tokens.Select(token => token.Value))}", cancellation);
        });
        return command;
    }

    private sealed record PairNames(string Classifier, string? Purifier, string Attack)
    {
        public string DefaultOutput => Path.Combine("runs", "evaluation",
            $"{(Purifier is null ? "bare" : Path.GetFileNameWithoutExtension(Purifier))}-{Path.GetFileNameWithoutExtension(Classifier)}-{Attack}");
    }

    private static int Evaluate(PairNames names, IAttack attack, EvaluationOptions options, Training.Data.LabelledImages images, string output, string commandLine, CancellationToken cancellation)
    {
        var classifier = ModelFile.Open(names.Classifier);
        var purifier = names.Purifier is null ? null : ModelFile.Open(names.Purifier);
        var evaluator = new RobustnessEvaluator(classifier.Network, purifier?.Network, attack, options);
        var result = LongTask.Run("images attacked", images.Count, progress => evaluator.Evaluate(images, progress, cancellation));
        var record = new ResultRecord
        {
            Command = commandLine,
            Dataset = images.Name,
            Attack = attack.Description,
            Seed = options.Seed,
            Classifier = new(Path.GetFileName(names.Classifier), classifier.Sha256),
            Purifier = purifier is null ? null : new(Path.GetFileName(names.Purifier!), purifier.Sha256),
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
