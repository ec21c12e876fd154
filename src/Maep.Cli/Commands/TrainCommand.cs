using System.CommandLine;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Export;
using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Networks.Purifiers;
using Maep.Training;
using Maep.Training.Data;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep train classifier|purifier --recipe FILE</c>.</summary>
internal static class TrainCommand
{
    private const int ProbeImages = 500;
    private const int WhiteningImages = 5000;

    public static Command Create(CancellationToken cancellation)
    {
        var recipe = new Option<FileInfo>("--recipe") { Description = "Recipe file; recipes/ has one for each shipped model.", Required = true };
        var output = new Option<DirectoryInfo?>("--output") { Description = "Folder of the run: checkpoint, curve, weights (default: runs/<recipe name>). An interrupted run goes on from there." };
        var data = new Option<string?>("--data") { Description = "Folder with the data sets (default: MAEP_DATA, then ./data)." };
        var threads = CommonOptions.Threads();
        var weights = new Option<string?>("--weights") { Description = "Folder of the classifiers that the recipe and --probe name (default: MAEP_WEIGHTS, then ./weights)." };
        var probe = new Option<string[]>("--probe") { Description = "Classifier files that the learning curve of a purifier is measured on.", AllowMultipleArgumentsPerToken = true };
        var every = CommonOptions.AtLeastOne("--probe-every", "Steps between points of the learning curve.", 500);

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
        recipe.Validate();
        var images = DataSource.Train(recipe.Data, root);
        if (recipe.Network.Classes != images.ClassNames.Count)
            throw new InvalidDataException($"{recipeFile}: a network of {recipe.Network.Classes} classes, but {images.Name} has {images.ClassNames.Count}; set its classes to that.");
        var network = new FastConvNet(recipe.Network);
        using (var sample = images.Take(WhiteningImages).PixelTensor())
        using (var pixels = LabelledImages.ToUnitRange(sample))
            network.Whiten(pixels);
        using var objective = new ClassificationObjective(network, images, recipe);
        new TrainingRun(Folder(output, recipe.Name), "classifier").Train(objective, recipe.Training, recipe, probe: null, cancellation);
        return ExitCode.Success;
    }

    /// <summary>Trains the purifier of a recipe, going on from its folder's checkpoint.</summary>
    public static int Purifier(FileInfo recipeFile, DirectoryInfo? output, string root, int threads, string weights, string[] probe, int every, CancellationToken cancellation)
    {
        var recipe = Recipes.Load<PurifierRecipe>(recipeFile.FullName);
        Prepare(threads, recipe.Training.Seed);
        recipe.Validate();
        var network = recipe.CreateNetwork();
        if (recipe.Folder is not null && probe.Length > 0)
            throw new ArgumentException("--probe measures on a test set by name, and the recipe trains on a folder; leave it out, and use `maep evaluate --data FOLDER` on the weights.");
        var run = new TrainingRun(Folder(output, recipe.Name), "purifier");
        run.RefuseOther(recipe);
        if (recipe.Start is not null && !run.HasBegun)
            GoOnFrom(recipe.Start, network);
        // What can fail at once comes before hours of pairs.
        var guidance = Guidance(recipe.Guidance, Open);
        var all = recipe.Folder is { } folder ? PhotoCrops.Make(DataSource.Listed(DataSource.Folder(recipe.Data, root), numbered: true), folder) : DataSource.Train(recipe.Data, root);
        var images = recipe.Pairs.Images > 0 ? all.Take(recipe.Pairs.Images) : all;
        var pairsPath = Path.Combine("runs", "pairs", $"{recipe.Data}-{PairsKey(recipe.Pairs, images, path => ModelReference.OfFile(Located(path)).Sha256 + (Prepared(path) is { } prepared ? Recipes.Hash(prepared) : ""))}.pairs");
        var attacked = recipe.Pairs.Classifiers.Select(classifier => classifier.Path).Distinct().ToDictionary(path => path, Attacked);
        using var curve = probe.Length == 0 ? null : Curve(recipe, root, probe, Located, cancellation);
        var generator = new PairGenerator(recipe.Pairs, path => attacked[path]);
        using var pairs = LongTask.Run("adversarial pairs", images.Count, progress => generator.LoadOrMake(images, pairsPath, progress, cancellation));
        using var objective = new PurificationObjective(network, pairs, recipe, guidance);
        run.Train(objective, recipe.Training, recipe, curve is null ? null : new CurveProbe(every, Probe(curve, recipe)), cancellation);
        return ExitCode.Success;

        // Classifiers trained here lie among the models or runs, those of others in the folder of weights, shipped ones beside the tool.
        string Located(string path) => new[] { path, Path.Combine(weights, path), Path.Combine(ShippedModels.Folder, path) }.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"'{path}', a classifier that the recipe or --probe names, is neither there nor in '{weights}'; put it there, or name the folder that has it with --weights or MAEP_WEIGHTS.", path);
        ClassifierPreparation? Prepared(string path) => recipe.Classifiers?.GetValueOrDefault(path);
        nn.Module<Tensor, Tensor> Open(string path) => ModelFile.Open(Located(path), Prepared(path)?.Form()).Network;
        nn.Module<Tensor, Tensor> Attacked(string path) => recipe.Pairs.FromPrediction == true ? Open(path) : NamedModel.Classifier(Located(path), images, Prepared(path)?.Form()).File.Network;
    }

    // Pairs of another set, another recipe or another classifier in the same place are other pairs.
    private static string PairsKey(PairRecipe recipe, LabelledImages images, Func<string, string> digest) =>
        Recipes.Hash(new { Recipe = Recipes.Hash(recipe), Images = images.Digest(), Classifiers = recipe.Classifiers.Select(classifier => digest(classifier.Path)).ToArray() });

    private static void GoOnFrom(string path, TrainablePurifier network)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}', which the recipe starts from, does not exist; train the recipe that writes it first.", path);
        var weights = Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase) ? NamedWeights.Of(ModelFile.Open(path).Network) : SafeTensors.Load(path).Tensors;
        NamedWeights.Fill(network, weights, path);
    }

    private static Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, double>> Probe(LearningCurve curve, PurifierRecipe recipe)
    {
        var network = recipe.CreateNetwork();
        network.eval();
        return average =>
        {
            NamedWeights.Fill(network, average, "averaged weights");
            return curve.Measure(network);
        };
    }

    private static ClassifierGuidance? Guidance(GuidanceRecipe recipe, Func<string, nn.Module<Tensor, Tensor>> open) =>
        recipe.Weight > 0 ? new ClassifierGuidance([.. recipe.Classifiers.Select(open)]) : null;

    private static LearningCurve Curve(PurifierRecipe recipe, string root, string[] probe, Func<string, string> located, CancellationToken cancellation)
    {
        var images = DataSource.Test(recipe.Data, root).Take(ProbeImages);
        // Two files of one name are told apart by their paths.
        var classifiers = probe.Distinct().ToDictionary(path => probe.Distinct().Count(other => Stem(other) == Stem(path)) == 1 ? Stem(path) : path, path => NamedModel.Classifier(located(path), images).File.Network);
        return new LearningCurve(images, classifiers, new ProjectedGradientDescent(new PgdOptions()), cancellation);

        static string Stem(string path) => Path.GetFileNameWithoutExtension(path);
    }

    private static string Folder(DirectoryInfo? output, string name) => output?.FullName ?? Path.Combine("runs", name);

    private static void Prepare(int threads, long seed)
    {
        set_num_threads(threads);
        random.manual_seed(seed);
    }
}
