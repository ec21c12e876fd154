using System.Runtime.InteropServices;
using Google.Protobuf;
using Maep.Export.Proto;

namespace Maep.Transforms.Tests;

/// <summary>Writes a purifier that blurs with a 3x3 box, then clip(0.9 x + 0.03, 0, 1) unless told otherwise: not elementwise, so that a wrong layout shows.</summary>
internal sealed record TinyPurifier
{
    private const int Float = 1;

    public string Input { get; init; } = "maep.image";
    public string Output { get; init; } = "maep.purified";
    public int Channels { get; init; } = 3;

    /// <summary>Rows and columns; null for any.</summary>
    public int? Size { get; init; } = 32;

    /// <summary>Whether it blurs first; without, it changes each pixel alone.</summary>
    public bool Blurs { get; init; } = true;

    /// <summary>What each value is multiplied by after the blur.</summary>
    public float Gain { get; init; } = 0.9f;

    /// <summary>What is added after that.</summary>
    public float Offset { get; init; } = 0.03f;

    /// <summary>Whether the result is clamped to [0, 1], as the contract asks.</summary>
    public bool Clamps { get; init; } = true;

    /// <summary>Whether a constant is stored in 16 bits, as the weights of <c>maep export --precision fp16</c> are.</summary>
    public bool IsHalf { get; init; }

    /// <summary>Version of the format.</summary>
    public int IrVersion { get; init; } = 10;

    /// <summary>Another file that is said to hold the weights; null for none.</summary>
    public string? External { get; init; }

    /// <summary>Version of the operator set.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>Columns, where they are not as many as rows.</summary>
    public int? Width { get; init; }

    /// <summary>Images in a batch; null for any.</summary>
    public int? Count { get; init; }

    /// <summary>Writes it to a file with the given name in a folder.</summary>
    public string Write(string folder, string name = "tiny.onnx")
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, Build().ToByteArray());
        return path;
    }

    private ModelProto Build() => new()
    {
        IrVersion = IrVersion,
        ProducerName = "TinyPurifier",
        OpsetImport = { new OperatorSetIdProto { Version = Opset } },
        MetadataProps = { new StringStringEntryProto { Key = "maep.name", Value = "tiny" } },
        Graph = new GraphProto
        {
            Name = "tiny",
            Input = { Image(Input) },
            Output = { Image(Output) },
            Initializer =
            {
                Blur3x3(),
                IsHalf ? Half("scale.stored", Gain) : Tensor("scale.stored", [], [Gain]), Tensor("offset", [], [Offset]), Tensor("low", [], [0f]), Tensor("high", [], [1f]),
            },
            Node =
            {
                Blur(),
                ToFloat("scale.stored", "scale"),
                new NodeProto { OpType = "Mul", Input = { Blurs ? "blurred" : Input, "scale" }, Output = { "scaled" } },
                new NodeProto { OpType = "Add", Input = { "scaled", "offset" }, Output = { "moved" } },
                Clamps ? new NodeProto { OpType = "Clip", Input = { "moved", "low", "high" }, Output = { Output } }
                    : new NodeProto { OpType = "Identity", Input = { "moved" }, Output = { Output } },
            },
        },
    };

    private static TensorProto Half(string name, float value) =>
        new() { Name = name, DataType = 10, RawData = ByteString.CopyFrom(BitConverter.GetBytes((Half)value)) };

    private static NodeProto ToFloat(string from, string to) => new()
    {
        OpType = "Cast",
        Input = { from },
        Output = { to },
        Attribute = { new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = Float } },
    };

    private TensorProto Blur3x3()
    {
        var blur = Tensor("blur", [Channels, 1, 3, 3], [.. Enumerable.Repeat(1 / 9f, 9 * Channels)]);
        if (External is not null)
        {
            blur.RawData = ByteString.Empty;
            blur.DataLocation = TensorProto.Types.DataLocation.External;
            blur.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = External });
        }
        return blur;
    }

    private NodeProto Blur() => new()
    {
        OpType = "Conv",
        Input = { Input, "blur" },
        Output = { "blurred" },
        Attribute =
        {
            new AttributeProto { Name = "group", Type = AttributeProto.Types.AttributeType.Int, I = Channels },
            new AttributeProto { Name = "pads", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 1, 1, 1, 1 } },
        },
    };

    private ValueInfoProto Image(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = Float,
                Shape = new TensorShapeProto { Dim = { Dimension(Count, "N"), Dimension(Channels, ""), Dimension(Size, "H"), Dimension(Width ?? Size, "W") } },
            },
        },
    };

    private static TensorShapeProto.Types.Dimension Dimension(int? size, string name) =>
        size is { } value ? new() { DimValue = value } : new() { DimParam = name };

    private static TensorProto Tensor(string name, long[] shape, float[] values) => new()
    {
        Name = name,
        DataType = Float,
        Dims = { shape },
        RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)),
    };
}
