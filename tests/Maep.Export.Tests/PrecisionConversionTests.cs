using Maep.Export.Proto;
using Microsoft.ML.OnnxRuntime;

namespace Maep.Export.Tests;

/// <summary>Purifiers in smaller precisions: what is in the file, what it computes, and how it is read back.</summary>
public sealed class PrecisionConversionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, WeightPrecision> Purifiers => new()
    {
        { "mae-plain", WeightPrecision.Fp16 }, { "mae-stem", WeightPrecision.Fp16 },
        { "mae-plain", WeightPrecision.Int8 }, { "mae-stem", WeightPrecision.Int8 },
        { "disco", WeightPrecision.Fp16 }, { "disco", WeightPrecision.Int8 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Purifiers))]
    public void A_file_opens_as_the_network_that_ONNX_Runtime_runs(string name, WeightPrecision precision)
    {
        using var network = Networks.Create(name);
        var bytes = OnnxExporter.ToBytes(network, Networks.Facts, precision);
        File.WriteAllBytes(_folder.File("small.onnx"), bytes);

        var opened = ModelFile.Open(_folder.File("small.onnx"));

        // Int8 weights are the same numbers on both sides; with 16 bits ONNX Runtime rounds between layers too.
        Assert.InRange(ParityCheck.LargestDifference(opened.Network, bytes), 0, precision == WeightPrecision.Int8 ? ParityCheck.Tolerance : 0.01);
        Assert.NotEqual(0, ParityCheck.LargestDifference(network, bytes));
        Assert.Equal(precision.ToString().ToLowerInvariant(), opened.Metadata["maep.precision"]);
    }

    [Theory, MemberData(nameof(Purifiers))]
    public void The_weights_in_the_file_have_the_precision(string name, WeightPrecision precision)
    {
        const int Float = 1, Int8 = 3, Half = 10;
        using var network = Networks.Create(name);
        var graph = ModelProto.Parser.ParseFrom(OnnxExporter.ToBytes(network, Networks.Facts, precision)).Graph;

        var kernels = graph.Initializer.Where(tensor => tensor.Name.EndsWith(".weight", StringComparison.Ordinal) && tensor.Dims.Count >= 2).ToList();

        Assert.NotEmpty(kernels);
        Assert.All(kernels, kernel => Assert.Equal(precision == WeightPrecision.Int8 ? Int8 : Half, kernel.DataType));
        Assert.All(kernels, kernel => Assert.Equal(kernel.Dims.Aggregate(1L, (product, size) => product * size) * (precision == WeightPrecision.Int8 ? 1 : 2), kernel.RawData.Length));
        Assert.Equal(precision == WeightPrecision.Int8, graph.Initializer.Any(tensor => tensor.DataType == Float));
    }

    [Theory, MemberData(nameof(Purifiers))]
    public void Input_and_output_stay_32_bit_floats(string name, WeightPrecision precision)
    {
        using var network = Networks.Create(name);

        using var session = new InferenceSession(OnnxExporter.ToBytes(network, Networks.Facts, precision));

        Assert.Equal(typeof(float), session.InputMetadata["maep.image"].ElementType);
        Assert.Equal(typeof(float), session.OutputMetadata["maep.purified"].ElementType);
    }

    [Fact]
    public void Int8_rounds_each_output_channel_to_steps_of_its_own()
    {
        using var network = Networks.Create("mae-plain");
        var exact = PrecisionConversion.Weights(Graph(WeightPrecision.Fp32)).ToDictionary(weight => weight.Name);

        foreach (var (name, values, shape) in PrecisionConversion.Weights(Graph(WeightPrecision.Int8)))
        {
            var original = exact[name].Values;
            if (shape.Length < 2)
            {
                Assert.Equal(original, values);
                continue;
            }
            foreach (var (channel, rounded) in original.Chunk(original.Length / (int)shape[0]).Zip(values.Chunk(values.Length / (int)shape[0])))
            {
                var step = channel.Max(Math.Abs) / 127;
                Assert.All(channel.Zip(rounded), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, (0.5f * step) + 1e-6f));
            }
        }

        GraphProto Graph(WeightPrecision precision) => ModelProto.Parser.ParseFrom(OnnxExporter.ToBytes(network, Networks.Facts, precision)).Graph;
    }

    [Fact]
    public void A_classifier_is_refused()
    {
        using var network = Networks.Create("fast-convnet");

        var error = Assert.Throws<ArgumentException>(() => OnnxExporter.Export(network, Networks.Facts, _folder.File("small.onnx"), WeightPrecision.Int8));

        Assert.Contains("for trained purifiers", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("small.onnx")));
    }
}
