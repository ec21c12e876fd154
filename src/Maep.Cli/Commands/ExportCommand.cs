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
        var weights = new Option<string?>("--weights") { Description = "weights.safetensors of a run of maep train, or published CIFAR ResNet weights." };
        var purifier = new Option<string?>("--purifier") { Description = "A purifier by name instead of weights, for images of any size: bits, median or tv, with a setting as for maep evaluate." };
        var output = new Option<string>("--output") { Description = "ONNX file to write.", Required = true };
        var precision = new Option<WeightPrecision>("--precision") { Description = "Of a purifier's numbers: fp32, fp16 (half the file) or int8 (weights only, a quarter of the file).", DefaultValueFactory = _ => WeightPrecision.Fp32 };
        var cascade = new Option<int>("--cascade") { Description = "Times that DISCO purifies an image.", DefaultValueFactory = _ => 1 };
        var command = new Command("export", "Write trained weights as ONNX, after comparing ONNX Runtime with TorchSharp.") { weights, purifier, output, precision, cascade };
        command.Validators.Add(result =>
        {
            if (result.GetResult(weights) is null == result.GetResult(purifier) is null)
                result.AddError("Give either --weights or --purifier.");
            if (result.GetResult(purifier) is not null && result.GetResult(cascade) is { Implicit: false })
                result.AddError("--cascade does not apply to --purifier; leave it out.");
        });
        command.SetAction(parsed => Export(parsed.GetValue(weights) is { } path ? Open(path, parsed.GetValue(cascade)) : Named(parsed.GetRequiredValue(purifier)!), parsed.GetRequiredValue(output), parsed.GetValue(precision)));
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

    private static (nn.Module<Tensor, Tensor> Network, ModelFacts Facts) Open(string weights, int cascade)
    {
        var (tensors, metadata) = SafeTensors.Load(weights);
        var name = Path.GetFileNameWithoutExtension(weights);
        var isPurifier = metadata.GetValueOrDefault("kind") == "purifier";
        if (cascade != 1 && !isPurifier)
            throw new ArgumentException($"--cascade {cascade} is for DISCO; '{weights}' is a classifier, so leave it out.");
        if (!metadata.TryGetValue("recipe", out var json))
            return (PublishedClassifier.Open(weights, new ClassifierForm()).Network, new ModelFacts { Name = name, TrainingSet = "unknown", RecipeHash = "none", Recipe = "published weights" });
        long? steps = metadata.TryGetValue("steps", out var done) ? long.Parse(done, CultureInfo.InvariantCulture) : null;
        if (isPurifier)
        {
            var recipe = Recipes.FromJson<PurifierRecipe>(json);
            var network = Cascaded(recipe, cascade).CreateNetwork();
            NamedWeights.Fill(network, tensors, weights);
            return (network, new ModelFacts
            {
                Name = recipe.Name,
                TrainingSet = $"{recipe.Data}-train",
                EpsilonOver255 = recipe.Pairs.EpsilonOver255,
                MaskingRatio = recipe.Disco is null ? recipe.MaskingRatio : null,
                RecipeHash = Recipes.Hash(recipe),
                Steps = steps,
                Recipe = json,
            });
        }
        var classifier = Recipes.FromJson<ClassifierRecipe>(json);
        var convolutions = new FastConvNet(classifier.Network);
        NamedWeights.Fill(convolutions, tensors, weights);
        return (convolutions, new ModelFacts { Name = classifier.Name, TrainingSet = $"{classifier.Data}-train", RecipeHash = Recipes.Hash(classifier), Steps = steps, Recipe = json });
    }

    private static PurifierRecipe Cascaded(PurifierRecipe recipe, int cascade) => (cascade, recipe.Disco) switch
    {
        (1, _) => recipe,
        (_, { } disco) => recipe with { Disco = disco with { Cascade = cascade } },
        _ => throw new ArgumentException($"--cascade {cascade} is for DISCO; '{recipe.Name}' is a masked autoencoder, so leave it out."),
    };
}
