using System.CommandLine;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Evaluation.Comparison;
using Maep.Export;
using Maep.Training;
using Maep.Training.Data;
using Spectre.Console;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep benchmark losses|masking</c>: purifiers of several recipes under one attack. What is not trained is named with the command that trains it.</summary>
internal static class RecipesBenchmark
{
    private sealed record Entry(string Title, string Recipe, double? PaperClean = null, double? PaperRobust = null);

    /// <summary>The paper's Table 10, with its figures.</summary>
    public static Command Losses(CancellationToken cancellation) => Create("losses", "Loss designs", "Compare the loss designs of the paper's Table 10.",
    [
        new("DISCO", "disco-cifar10-equal.json", 89.26, 85.33),
        new("Reconstruction (Eq. 16)", "losses/reconstruction.json", 94.74, 82.73),
        new("TRADES, pixels (Eq. 20)", "losses/trades-pixel.json", 94.75, 0.85),
        new("TRADES, latent (Eq. 21)", "losses/trades-latent.json", 94.64, 38.16),
        new("MLM (Eq. 17, 18)", "losses/mlm.json", 92.85, 61.46),
        new("MAEP (Eq. 15)", "maep-cifar10-eq15.json", 92.30, 88.73),
    ], cancellation);

    /// <summary>Masking ratios; the paper has no such table.</summary>
    public static Command Masking(CancellationToken cancellation) => Create("masking", "Masking ratios", "Compare masking ratios in training.",
        [.. new[] { "0", "0.25", "0.5", "0.75" }.Select(ratio => new Entry($"masking ratio {ratio}", $"masking/{ratio}.json"))], cancellation);

    private static Command Create(string name, string title, string description, IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        var (set, classifier, attack) = (new TestSetOptions(), CommonOptions.Classifier(), new AttackOptions());
        var recipes = new Option<string>("--recipes") { Description = "Folder of the recipes.", DefaultValueFactory = _ => "recipes" };
        var runs = new Option<string>("--runs") { Description = "Folder of the training runs.", DefaultValueFactory = _ => "runs" };
        var adaptive = new Option<int>("--adaptive-samples") { Description = "Images of the adaptive attack; 0 leaves it out.", DefaultValueFactory = _ => 200 };
        var seed = new Option<long>("--seed") { Description = "Seed of the attack." };
        var threads = CommonOptions.Threads();
        var output = new Option<string>("--output") { Description = "Path without extension of the JSON record and the Markdown table.", DefaultValueFactory = _ => Path.Combine("runs", "benchmark", name) };
        var command = new Command(name, description) { classifier, recipes, runs, adaptive, seed, threads, output };
        set.AddTo(command);
        attack.AddTo(command);
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            var found = entries.Select(entry => (Entry: entry, Run: TrainedRecipe.Find(Path.Combine(parsed.GetRequiredValue(recipes), entry.Recipe), parsed.GetRequiredValue(runs)))).ToList();
            string[] missing = [.. found.Where(row => !row.Run.IsFinished).Select(row => row.Run.State())];
            foreach (var line in missing)
                Console.Error.WriteLine(line);
            if (missing.Length == found.Count)
                throw new InvalidOperationException($"None of the {found.Count} purifiers is trained; train one with its command above.");

            var images = set.Read(parsed);
            var judge = ModelFile.Open(parsed.GetRequiredValue(classifier));
            var (chosen, options) = (attack.Create(parsed), new EvaluationOptions { Seed = parsed.GetValue(seed), AdaptiveImages = parsed.GetValue(adaptive) });
            var record = new ComparisonRecord
            {
                Title = title,
                Command = CommonOptions.CommandLine(parsed),
                Dataset = images.Name,
                Attack = chosen.Description,
                Seed = options.Seed,
                Classifier = ModelReference.Of(parsed.GetRequiredValue(classifier), judge),
                Rows = [.. found.Where(row => row.Run.IsFinished).Select(row => Measure(row.Entry, row.Run, judge.Network, chosen, options, images, cancellation))],
                Missing = missing,
            };
            record.Save(parsed.GetRequiredValue(output));
            ConsoleTable.Write($"{title} ahead of {record.Classifier.File}", ComparisonRecord.Headers, record.Cells(), Justify.Right);
            Console.WriteLine($"{record.Dataset}; {record.Attack}; seed {record.Seed}");
            Console.WriteLine(ComparisonRecord.Explanation);
            Console.WriteLine($"record in {parsed.GetRequiredValue(output)}.json and .md");
            return ExitCode.Success;
        });
        return command;
    }

    private static ComparisonRow Measure(Entry entry, TrainedRecipe run, nn.Module<Tensor, Tensor> classifier, IAttack attack, EvaluationOptions options, LabelledImages images, CancellationToken cancellation)
    {
        var (network, reference) = run.Open();
        using (network)
        {
            var evaluator = new RobustnessEvaluator(classifier, network, attack, options);
            var result = LongTask.Run(entry.Title, images.Count, progress => evaluator.Evaluate(images, progress, cancellation));
            return new ComparisonRow(entry.Title, Recipes.Hash(run.Recipe), run.Steps, reference, result, entry.PaperClean, entry.PaperRobust);
        }
    }
}
