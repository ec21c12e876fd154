using System.Runtime.InteropServices;
using Google.Protobuf;
using Maep.Export.Proto;
using AttributeType = Maep.Export.Proto.AttributeProto.Types.AttributeType;

namespace Maep.Transforms;

/// <summary>Appends nodes and constants to an ONNX graph, or to the body of a node in it.</summary>
internal sealed class GraphWriter
{
    private const int FloatType = 1;
    private const int Int64Type = 7;

    // Values of a graph and of the bodies in it share one space of names.
    private readonly int[] _count;

    public GraphWriter(GraphProto graph)
        : this(graph, new int[1])
    {
    }

    private GraphWriter(GraphProto graph, int[] count) => (Graph, _count) = (graph, count);

    public GraphProto Graph { get; }

    /// <summary>A writer of an empty body for a node of this graph.</summary>
    public GraphWriter Body() => new(new GraphProto { Name = NewName() }, _count);

    /// <summary>A name that nothing else has.</summary>
    public string NewName() => $"maep.around.{_count[0]++}";

    /// <summary>Appends a node of one output and returns its name.</summary>
    public string Node(string type, string[] inputs, params AttributeProto[] attributes)
    {
        var output = NewName();
        Node(type, inputs, [output], attributes);
        return output;
    }

    /// <summary>Appends a node whose outputs have names.</summary>
    public void Node(string type, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Input = { inputs }, Output = { outputs } };
        node.Attribute.AddRange(attributes);
        Graph.Node.Add(node);
    }

    public string Reshape(string x, params long[] shape) => Node("Reshape", [x, Constant(shape)]);

    public string Transpose(string x, params long[] order) => Node("Transpose", [x], Ints("perm", order));

    public string Gather(string x, string indices, int axis) => Node("Gather", [x, indices], Int("axis", axis));

    public string Constant(long[] values) => Constant(values, values.Length);

    public string Constant(long[] values, params long[] shape) => Store(Int64Type, shape, MemoryMarshal.AsBytes(values.AsSpan()));

    public string Constant(float[] values, params long[] shape) => Store(FloatType, shape, MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>Adds an input to the body of a Scan and returns its name.</summary>
    public string Input(bool isFloat)
    {
        var name = NewName();
        Graph.Input.Add(Value(name, isFloat));
        return name;
    }

    /// <summary>Adds outputs of type float to the body of a Scan.</summary>
    public void Output(params string[] names) => Graph.Output.AddRange(names.Select(name => Value(name, isFloat: true)));

    public static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = AttributeType.Int };

    public static AttributeProto Body(GraphProto graph) => new() { Name = "body", G = graph, Type = AttributeType.Graph };

    /// <summary>A float tensor of a dynamic number of images, or tiles.</summary>
    public static ValueInfoProto Images(string name, params long[] shapeOfOne)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "N" });
        dimensions.Dim.AddRange(shapeOfOne.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        var value = Value(name, isFloat: true);
        value.Type.TensorType.Shape = dimensions;
        return value;
    }

    private static AttributeProto Ints(string name, params long[] values) => new() { Name = name, Ints = { values }, Type = AttributeType.Ints };

    private static ValueInfoProto Value(string name, bool isFloat) =>
        new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = isFloat ? FloatType : Int64Type } } };

    private string Store(int type, long[] shape, ReadOnlySpan<byte> bytes)
    {
        var name = NewName();
        Graph.Initializer.Add(new TensorProto { Name = name, DataType = type, Dims = { shape }, RawData = ByteString.CopyFrom(bytes) });
        return name;
    }
}
