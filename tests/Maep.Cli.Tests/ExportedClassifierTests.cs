using Maep.Export;
using Maep.Networks;
using Maep.Networks.Classifiers;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Cli.Tests;

/// <summary>Published classifiers, from their weights through <c>maep export</c> to ML.NET.</summary>
public sealed class ExportedClassifierTests : IDisposable
{
    private const int Side = 32;

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-export-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Weights_of_others_give_in_ML_NET_what_they_give_in_TorchSharp()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var weights = Weights(new Dictionary<string, string>());

        var outcome = await CommandLine.Run(_folder, "export", "--weights", weights, "--architecture", "wrn-10-2", "--mean", "0.5", "--std", "0.25", "--output", "wrn.onnx");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.StartsWith("weights.safetensors: wrn-10-2; mean 0.5, 0.5, 0.5 and standard deviation 0.25, 0.25, 0.25, as asked.", outcome.Output, StringComparison.Ordinal);
        var images = rand([4, 3, Side, Side], generator: new Generator(2));
        var opened = ModelFile.Open(Path.Combine(_folder, "wrn.onnx"));
        var expected = opened.Network.call(images).data<float>().ToArray().Chunk(4).ToArray();
        Assert.IsType<PreActResNet>(opened.Network);
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(images.data<float>().ToArray().Chunk(3 * Side * Side).Select(pixels => new Row { Pixels = pixels }));
        var shapes = new Dictionary<string, int[]> { [OnnxNames.Image] = [1, 3, Side, Side] };
        var pipeline = context.Transforms.CopyColumns(OnnxNames.Image, nameof(Row.Pixels)).Append(context.Transforms.ApplyOnnxModel(OnnxNames.Logits, OnnxNames.Image, Path.Combine(_folder, "wrn.onnx"), shapes));
        var scores = pipeline.Fit(data).Transform(data).GetColumn<float[]>(OnnxNames.Logits).ToArray();
        Assert.Equal(4, scores.Length);
        Assert.All(expected.Zip(scores), pair => Assert.All(pair.First.Zip(pair.Second), values => Assert.Equal(values.First, values.Second, 1e-4f)));
    }

    [Fact]
    public async Task Another_architecture_than_the_weights_have_is_refused_and_nothing_is_written()
    {
        var outcome = await CommandLine.Run(_folder, "export", "--weights", Weights(new Dictionary<string, string>()), "--architecture", "wrn-28-10", "--output", "wrn.onnx");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("holds the weights of a wrn-10-2, not of 'wrn-28-10'", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "wrn.onnx")));
    }

    [Fact]
    public async Task Weights_of_a_run_say_themselves_what_they_are()
    {
        var outcome = await CommandLine.Run(_folder, "export", "--weights", Weights(new Dictionary<string, string> { ["recipe"] = "{}" }), "--mean", "0.5", "--output", "wrn.onnx");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("leave --architecture, --mean and --std out", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net.pt")]
    [InlineData("net.safetensors")]
    public async Task Missing_weights_are_named_with_what_to_give(string name)
    {
        var outcome = await CommandLine.Run(_folder, "export", "--weights", name, "--output", "net.onnx");

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"'{name}' does not exist; give weights.safetensors of a run of maep train", outcome.Error, StringComparison.Ordinal);
    }

    private string Weights(Dictionary<string, string> metadata)
    {
        random.manual_seed(3);
        using var network = new PreActResNet(new PreActResNetOptions { StemWidth = 16, Widths = [32, 64, 128], Blocks = [1, 1, 1], FinalNorm = true, Classes = 4 });
        var path = Path.Combine(_folder, "weights.safetensors");
        SafeTensors.Save(path, NamedWeights.Of(network), metadata);
        return path;
    }

    private sealed class Row
    {
        [VectorType(3, Side, Side)]
        public float[] Pixels { get; set; } = [];
    }
}
