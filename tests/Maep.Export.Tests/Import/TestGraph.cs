using System.Runtime.InteropServices;
using Google.Protobuf;
using Maep.Export.Proto;
using AttributeType = Maep.Export.Proto.AttributeProto.Types.AttributeType;

namespace Maep.Export.Tests.Import;

/// <summary>Small ONNX files for tests, node by node.</summary>
internal static class TestGraph
{
    public const int FloatType = 1, UInt8Type = 2, Int8Type = 3, Int32Type = 6, Int64Type = 7, BoolType = 9, HalfType = 10, DoubleType = 11;

    /// <summary>A file of some nodes; every tensor among the constants becomes an initialiser.</summary>
    /// <param name="opset">Of the standard's operators.</param>
    /// <param name="input">Name and sizes of the input; 0 leaves a size open.</param>
    /// <param name="outputs">Names of the outputs.</param>
    /// <param name="nodes">In order.</param>
    /// <param name="constants">By name.</param>
    public static ModelProto Model(int opset, ValueInfoProto input, string[] outputs, NodeProto[] nodes, params TensorProto[] constants)
    {
        var graph = new GraphProto { Name = "test", Node = { nodes }, Initializer = { constants }, Input = { input } };
        graph.Output.AddRange(outputs.Select(output => new ValueInfoProto { Name = output }));
        return new ModelProto
        {
            IrVersion = 10,
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = opset }, new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 } },
        };
    }

    public static ValueInfoProto Value(string name, int type, params long[] sizes)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(sizes.Select(size => size > 0 ? new TensorShapeProto.Types.Dimension { DimValue = size } : new TensorShapeProto.Types.Dimension { DimParam = "any" }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } } };
    }

    public static NodeProto Node(string type, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        var dot = type.LastIndexOf('.');
        return new NodeProto
        {
            Name = $"{type}_{outputs[0]}",
            Domain = dot < 0 ? "" : type[..dot],
            OpType = type[(dot + 1)..],
            Input = { inputs },
            Output = { outputs },
            Attribute = { attributes },
        };
    }

    public static AttributeProto A(string name, params long[] values) => values.Length == 1 && name is not ("axes" or "pads" or "strides" or "dilations" or "kernel_shape")
        ? new AttributeProto { Name = name, Type = AttributeType.Int, I = values[0] }
        : new AttributeProto { Name = name, Type = AttributeType.Ints, Ints = { values } };

    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    public static AttributeProto A(string name, float value) => new() { Name = name, Type = AttributeType.Float, F = value };

    public static AttributeProto A(string name, float[] values) => new() { Name = name, Type = AttributeType.Floats, Floats = { values } };

    public static AttributeProto A(string name, string value) => new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    public static AttributeProto A(string name, TensorProto value) => new() { Name = name, Type = AttributeType.Tensor, T = value };

    public static TensorProto Tensor<T>(string name, int type, T[] values, params long[] shape) where T : unmanaged =>
        new() { Name = name, DataType = type, Dims = { shape }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };

    /// <summary>Random floats, the same for the same name.</summary>
    public static TensorProto Random(string name, params long[] shape)
    {
        var random = new Random(name.Aggregate(17, (hash, letter) => 31 * hash + letter));
        return Tensor(name, FloatType, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(_ => (float)(random.NextDouble() * 1.4 - 0.7))], shape);
    }

    public static TensorProto Longs(string name, params long[] values) => Tensor(name, Int64Type, values, values.Length);

    public static TensorProto Number(string name, float value) => Tensor(name, FloatType, [value]);

    public static TensorProto Whole(string name, long value) => Tensor(name, Int64Type, [value]);
}
