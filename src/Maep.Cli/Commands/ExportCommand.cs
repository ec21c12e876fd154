using System.CommandLine;
using System.Globalization;
using Maep.Export;
using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Networks.Purifiers;
using Maep.Training;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep export</c>: weights of a training run, or a purifier by name, to an ONNX file, checked against TorchSharp.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var weights = new Option<string?>("--weights") { Description = "weights.safetensors of a run of maep train, or the PyTorch weights of a classifier (.pt, .pth, .th, .safetensors)." };
        var purifier = new Option<string?>("--purifier") { Description = "A purifier by name instead of weights, for images of any size: bits, median or tv, with a setting as for maep evaluate." };
        var output = new Option<string>("--output") { Description = "ONNX file to write.", Required = true };
        var precision = new Option<WeightPrecision>("--precision") { Description = "Of a purifier's numbers: fp32, fp16 (half the file) or int8 (weights only, a quarter of the file).", DefaultValueFactory = _ => WeightPrecision.Fp32 };
        var cascade = new Option<int>("--cascade") { Description = "Times that DISCO purifies an image.", DefaultValueFactory = _ => 1 };
        var form = new ClassifierFormOptions();
        var command = new Command("export", "Write trained weights as ONNX, after comparing ONNX Runtime with TorchSharp.") { weights, purifier, output, precision, cascade };
        form.AddTo(command);
        command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            if (Given(weights) == Given(purifier))
                result.AddError("Give either --weights or --purifier.");
            if (Given(purifier) && new Option[] { cascade, form.Architecture, form.Mean, form.StandardDeviation, form.BlueFirst }.FirstOrDefault(Given) is { } given)
                result.AddError($"{given.Name} does not apply to --purifier; leave it out.");
        });
        command.SetAction(parsed => Export(parsed.GetValue(weights) is { } path ? Open(path, parsed.GetValue(cascade), form.Read(parsed)) : Named(parsed.GetRequiredValue(purifier)!), parsed.GetRequiredValue(output), parsed.GetValue(precision)));
        return command;
    }

    private static int Export((nn.Module<Tensor, Tensor> Network, ModelFacts Facts) model, string output, WeightPrecision precision)
    {
        var (network, facts) = model;
        network.eval();
        var difference = OnnxExporter.Export(network, facts, output, precision);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{output}: {new FileInfo(output).Length} bytes, largest difference to TorchSharp {difference:E1} (at most {ParityCheck.Allowed(precision):E0} allowed)"));
        return ExitCode.Success;
    }

    private static (nn.Module<Tensor, Tensor> Network, ModelFacts Facts) Named(string text)
    {
        var purifier = NamedPurifiers.Create(text) ?? throw new ArgumentException($"There is no purifier '{text}'; use bits, median or tv, or give --weights.");
        return (purifier, new ModelFacts { Name = ModelFile.Stem(text), TrainingSet = "none", RecipeHash = "none", Recipe = purifier.Name });
    }

    private static (nn.Module<Tensor, Tensor> Network, ModelFacts Facts) Open(string weights, int cascade, ClassifierForm form)
    {
        if (!File.Exists(weights))
            throw new FileNotFoundException($"'{weights}' does not exist; give weights.safetensors of a run of maep train, or the PyTorch weights of a classifier (.pt, .pth, .th, .safetensors).", weights);
        var (tensors, metadata) = Path.GetExtension(weights).Equals(".safetensors", StringComparison.OrdinalIgnoreCase) ? SafeTensors.Load(weights) : ([], []);
        var isPurifier = metadata.GetValueOrDefault("kind") == "purifier";
        if (cascade != 1 && !isPurifier)
            throw new ArgumentException($"--cascade {cascade} is for DISCO; '{weights}' is a classifier, so leave it out.");
        if (!metadata.TryGetValue("recipe", out var json))
            return Published(weights, form);
        if (form != new ClassifierForm())
            throw new ArgumentException($"'{weights}' is of a run of maep train and says itself which network it is; leave --architecture, --mean and --std out.");
        long? steps = metadata.TryGetValue("steps", out var done) ? long.Parse(done, CultureInfo.InvariantCulture) : null;
        if (isPurifier)
        {
            var recipe = Recipes.FromJson<PurifierRecipe>(json);
            var network = Cascaded(recipe, cascade).CreateNetwork();
            NamedWeights.Fill(network, tensors, weights);
            return (network, ModelFacts.Of(recipe, $"{recipe.Data}-train", steps) with { Recipe = json }); // as it was written then
        }
        var classifier = Recipes.FromJson<ClassifierRecipe>(json);
        var convolutions = new FastConvNet(classifier.Network);
        NamedWeights.Fill(convolutions, tensors, weights);
        return (convolutions, new ModelFacts { Name = classifier.Name, TrainingSet = $"{classifier.Data}-train", RecipeHash = Recipes.Hash(classifier), Steps = steps, Recipe = json });
    }

    private static (nn.Module<Tensor, Tensor> Network, ModelFacts Facts) Published(string weights, ClassifierForm form)
    {
        var published = PublishedClassifier.Open(weights, form);
        Console.WriteLine($"{Path.GetFileName(weights)}: {published.Architecture}; {published.Normalization}.");
        return (published.Network, new ModelFacts { Name = Path.GetFileNameWithoutExtension(weights), TrainingSet = "unknown", RecipeHash = "none", Recipe = "published weights" });
    }

    private static PurifierRecipe Cascaded(PurifierRecipe recipe, int cascade) => (cascade, recipe.Disco) switch
    {
        (1, _) => recipe,
        (_, { } disco) => recipe with { Disco = disco with { Cascade = cascade } },
        _ => throw new ArgumentException($"--cascade {cascade} is for DISCO; '{recipe.Name}' is a masked autoencoder, so leave it out."),
    };
}
