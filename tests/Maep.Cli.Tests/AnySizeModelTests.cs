using Maep.Export;
using Maep.Networks.Purifiers;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Cli.Tests;

/// <summary>Purifiers that take any size, from TorchSharp through the file to ML.NET.</summary>
public sealed class AnySizeModelTests : IDisposable
{
    private const int Height = 20, Width = 28;

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-any-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("disco")]
    [InlineData("disco-twice")]
    [InlineData("median:3")]
    [InlineData("tv:0.05")]
    public void It_gives_in_ML_NET_what_it_gives_in_TorchSharp_before_and_after_saving(string name)
    {
        using var noGradient = no_grad();
        using var network = Create(name);
        var path = Path.Combine(_folder, "purifier.onnx");
        OnnxExporter.Export(network, new ModelFacts { Name = name, TrainingSet = "none", RecipeHash = "none", Recipe = name }, path);
        using var random = new Generator(9);
        using var images = rand([5, 3, Height, Width], generator: random);
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(images.data<float>().ToArray().Chunk(3 * Height * Width).Select(pixels => new Row { Pixels = pixels }));

        using var transformer = context.Transforms.PurifyAdversarial("Purified", "Pixels", path).Fit(data);
        context.Model.Save(transformer, data.Schema, Path.Combine(_folder, "model.zip"));
        var fitted = transformer.Transform(data).GetColumn<float[]>("Purified");
        var reloaded = Transforms.PurifiedPipeline.Load(context, Path.Combine(_folder, "model.zip"), out _).Transform(data).GetColumn<float[]>("Purified");

        using var purified = ModelFile.Open(path).Network.call(images).contiguous();
        var expected = purified.data<float>().ToArray().Chunk(3 * Height * Width).ToArray();
        Assert.InRange(LargestDifference(expected, fitted), 0, ParityCheck.Tolerance);
        Assert.InRange(LargestDifference(expected, reloaded), 0, ParityCheck.Tolerance);
    }

    private static nn.Module<Tensor, Tensor> Create(string name)
    {
        random.manual_seed(3);
        var disco = new DiscoOptions { Width = 8, Blocks = 2, DecoderWidth = 12, DecoderLayers = 3, Cascade = name == "disco-twice" ? 2 : 1 };
        nn.Module<Tensor, Tensor> network = NamedPurifiers.Create(name) is { } named ? named : new Disco(disco);
        network.eval();
        return network;
    }

    private static float LargestDifference(float[][] expected, IEnumerable<float[]> actual) =>
        expected.Zip(actual, (wanted, found) => wanted.Zip(found, (a, b) => Math.Abs(a - b)).Max()).Max();

    private sealed class Row
    {
        [VectorType(3, Height, Width)]
        public float[] Pixels { get; set; } = [];
    }
}
