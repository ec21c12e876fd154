using System.Runtime.InteropServices;
using Google.Protobuf;
using Maep.Export.Proto;

namespace Maep.Benchmarks;

/// <summary>The ONNX files that all contenders run.</summary>
internal static class PurifierModel
{
    public const string InputName = "maep.image";
    public const string OutputName = "maep.purified";

    /// <summary>What the generated file is, for the report.</summary>
    public const string Generated = "residual network of three 3x3 convolutions of 16 channels, random weights, written by the benchmark";

    private const int Float = 1;
    private const int Channels = 16;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>What the file for images of a size is, for the report.</summary>
    public static string Describe(int size) => size == 32 ? "models/maep-cifar10.onnx, the shipped masked autoencoder" : Generated;

    /// <summary>Path of the purifier for images of a size: the shipped one for 32, a generated one for all others.</summary>
    public static string For(int size) => size == 32 ? Path.Combine(Folder, "maep-cifar10.onnx") : Generate(size);

    /// <summary>Writes the generated purifier for images of a size.</summary>
    public static string Generate(int size)
    {
        var path = Path.Combine(Folder, $"convolutions-{size}.onnx");
        File.WriteAllBytes(path, Build(size).ToByteArray());
        return path;
    }

    /// <summary>clip(x + convolutions(x), 0, 1): a purifier keeps the size and range of its image.</summary>
    private static ModelProto Build(int size)
    {
        var random = new Random(1);
        return new ModelProto
        {
            IrVersion = 10,
            ProducerName = "Maep.Benchmarks",
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            Graph = new GraphProto
            {
                Name = "convolutions",
                Input = { Image(InputName, size) },
                Output = { Image(OutputName, size) },
                Initializer =
                {
                    Weights("w1", random, Channels, 3), Weights("w2", random, Channels, Channels), Weights("w3", random, 3, Channels),
                    Scalar("low", 0), Scalar("high", 1),
                },
                Node =
                {
                    Convolution(InputName, "w1", "c1"), Node("Relu", "r1", "c1"),
                    Convolution("r1", "w2", "c2"), Node("Relu", "r2", "c2"),
                    Convolution("r2", "w3", "c3"), Node("Add", "sum", InputName, "c3"),
                    Node("Clip", OutputName, "sum", "low", "high"),
                },
            },
        };
    }

    private static NodeProto Node(string type, string output, params string[] inputs) => new() { OpType = type, Input = { inputs }, Output = { output } };

    private static NodeProto Convolution(string input, string weights, string output)
    {
        var node = Node("Conv", output, input, weights);
        node.Attribute.Add(new AttributeProto { Name = "pads", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 1, 1, 1, 1 } });
        return node;
    }

    // Uniform in +-1 / sqrt(inputs of a unit), so that activations neither vanish nor grow.
    private static TensorProto Weights(string name, Random random, int outputs, int inputs)
    {
        var bound = 1 / MathF.Sqrt(9 * inputs);
        float[] values = [.. Enumerable.Range(0, 9 * outputs * inputs).Select(_ => bound * (2 * random.NextSingle() - 1))];
        return Tensor(name, [outputs, inputs, 3, 3], values);
    }

    private static TensorProto Scalar(string name, float value) => Tensor(name, [], [value]);

    private static TensorProto Tensor(string name, long[] shape, float[] values) =>
        new() { Name = name, DataType = Float, Dims = { shape }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)) };

    private static ValueInfoProto Image(string name, int size) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = Float,
                Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" }, Fixed(3), Fixed(size), Fixed(size) } },
            },
        },
    };

    private static TensorShapeProto.Types.Dimension Fixed(int size) => new() { DimValue = size };
}
