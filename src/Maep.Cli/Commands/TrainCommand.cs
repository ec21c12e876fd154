using System.CommandLine;
using System.Globalization;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Export;
using Maep.Training;
using Maep.Training.Autoencoder;
using Maep.Training.Classifiers;
using Maep.Training.Data;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep train classifier|purifier --recipe FILE</c>.</summary>
internal static class TrainCommand
{
    private const int ProbeImages = 500;

    public static Command Create(CancellationToken cancellation)
    {
        var recipe = new Option<FileInfo>("--recipe") { Description = "Recipe file; recipes/ has one for each shipped model.", Required = true };
        var output = new Option<DirectoryInfo?>("--output") { Description = "Folder of the run: checkpoint, curve, weights (default: runs/<recipe name>). An interrupted run goes on from there." };
        var data = new Option<string?>("--data") { Description = "Folder with the data sets (default: MAEP_DATA, then ./data)." };
        var threads = new Option<int>("--threads") { Description = "CPU threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var weights = new Option<string?>("--weights") { Description = "Folder of the classifiers that the recipe and --probe name (default: MAEP_WEIGHTS, then ./weights)." };
        var probe = new Option<string[]>("--probe") { Description = "Classifier files that the learning curve of a purifier is measured on.", AllowMultipleArgumentsPerToken = true };
        var every = new Option<int>("--probe-every") { Description = "Steps between points of the learning curve.", DefaultValueFactory = _ => 500 };

        var classifier = new Command("classifier", "Train a classifier.") { recipe, output, data, threads };
        classifier.SetAction(parsed => Classifier(parsed.GetRequiredValue(recipe), parsed.GetValue(output), DataSource.Root(parsed.GetValue(data)), parsed.GetValue(threads), cancellation));
        var purifier = new Command("purifier", "Train a purifier on adversarial pairs.") { recipe, output, data, threads, weights, probe, every };
        purifier.SetAction(parsed => Purifier(parsed.GetRequiredValue(recipe), parsed.GetValue(output), DataSource.Root(parsed.GetValue(data)), parsed.GetValue(threads),
            DataSource.Weights(parsed.GetValue(weights)), parsed.GetValue(probe) ?? [], parsed.GetValue(every), cancellation));
        return new Command("train", "Train a network from a recipe file.") { classifier, purifier };
    }

    private static int Classifier(FileInfo recipeFile, DirectoryInfo? output, string root, int threads, CancellationToken cancellation)
    {
        var recipe = Recipes.Load<ClassifierRecipe>(recipeFile.FullName);
        Prepare(threads, recipe.Training.Seed);
        var images = DataSource.Train(recipe.Data, root);
        var test = DataSource.Test(recipe.Data, root);
        var network = new FastConvNet(recipe.Network);
        using (var sample = images.Take(5000).PixelTensor())
        using (var pixels = LabelledImages.ToUnitRange(sample))
            network.Whiten(pixels);
        using var objective = new ClassificationObjective(network, images, recipe);
        var folder = output?.FullName ?? Path.Combine("runs", recipe.Name);
        var trainer = Run(objective, recipe.Training, folder, null, 0, cancellation);
        var evaluated = new FastConvNet(recipe.Network);
        NamedWeights.Fill(evaluated, trainer.Weights, folder);
        evaluated.eval();
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy {100 * Accuracy(evaluated, test):F2} % of {test.Count}"));
        return Save(trainer, folder, recipe, "classifier");
    }

    private static int Purifier(FileInfo recipeFile, DirectoryInfo? output, string root, int threads, string weights, string[] probe, int every, CancellationToken cancellation)
    {
        var recipe = Recipes.Load<PurifierRecipe>(recipeFile.FullName);
        Prepare(threads, recipe.Training.Seed);
        var folder = output?.FullName ?? Path.Combine("runs", recipe.Name);
        var all = DataSource.Train(recipe.Data, root);
        var images = recipe.Pairs.Images > 0 ? all.Take(recipe.Pairs.Images) : all;
        var pairsPath = Path.Combine("runs", "pairs", $"{recipe.Data}-{Recipes.Hash(recipe.Pairs)}.pairs");
        var generator = new PairGenerator(recipe.Pairs, path => ModelFile.Open(Path.Combine(weights, path)).Network);
        using var pairs = generator.LoadOrMake(images, pairsPath, done => AnsiConsole.WriteLine($"pairs {done} of {images.Count}"), cancellation);
        var network = new MaskedAutoencoder(recipe.Network);
        using var objective = new PurificationObjective(network, pairs, recipe);
        LearningCurve? curve = null;
        if (probe.Length > 0)
        {
            var classifiers = probe.ToDictionary(path => Path.GetFileNameWithoutExtension(path), path => ModelFile.Open(Path.Combine(weights, path)).Network);
            curve = new LearningCurve(DataSource.Test(recipe.Data, root).Take(ProbeImages), classifiers, new ProjectedGradientDescent(new PgdOptions()));
        }
        var probed = new MaskedAutoencoder(recipe.Network);
        probed.eval();
        var trainer = Run(objective, recipe.Training, folder, curve is null ? null : average =>
        {
            NamedWeights.Fill(probed, average, folder);
            return curve.Measure(probed);
        }, every, cancellation);
        curve?.Dispose();
        return Save(trainer, folder, recipe, "purifier");
    }

    private static Trainer Run(ITrainingObjective objective, TrainerOptions options, string folder,
        Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, double>>? probe, int every, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var trainer = new Trainer(objective, options, Path.Combine(folder, "checkpoint.zip"));
        using var log = File.AppendText(Path.Combine(folder, "curve.csv"));
        log.AutoFlush = true;
        trainer.Run(progress =>
        {
            if (progress.Step % 50 == 0)
            {
                var metrics = string.Join(" ", progress.Metrics.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:F5}")));
                AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {progress.Step}/{progress.Steps} minutes {progress.Minutes:F1} {metrics}"));
            }
            if (probe is not null && (progress.Step % every == 0 || progress.Step == progress.Steps))
            {
                var point = string.Join(",", probe(trainer.Weights).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key},{pair.Value:F4}")));
                log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{progress.Step},{progress.Minutes:F2},{progress.Metrics["loss"]:F5},{point}"));
                AnsiConsole.WriteLine(point);
            }
        }, cancellation);
        return trainer;
    }

    private static int Save<T>(Trainer trainer, string folder, T recipe, string kind)
    {
        var path = Path.Combine(folder, "weights.safetensors");
        SafeTensors.Save(path, trainer.Weights, new Dictionary<string, string> { ["recipe"] = Recipes.ToJson(recipe), ["kind"] = kind });
        trainer.Dispose();
        AnsiConsole.WriteLine($"weights in {path}");
        return 0;
    }

    private static double Accuracy(nn.Module<Tensor, Tensor> classifier, LabelledImages images)
    {
        using var noGradient = no_grad();
        long correct = 0;
        foreach (var (batch, labels) in images.Batches(500))
        {
            using var scope = NewDisposeScope();
            correct += classifier.call(batch).argmax(1).eq(labels).sum().item<long>();
        }
        return (double)correct / images.Count;
    }

    private static void Prepare(int threads, long seed)
    {
        set_num_threads(threads);
        random.manual_seed(seed);
    }
}
