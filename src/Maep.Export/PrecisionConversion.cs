using System.Runtime.InteropServices;
using Google.Protobuf;
using Maep.Export.Proto;
using AttributeType = Maep.Export.Proto.AttributeProto.Types.AttributeType;

namespace Maep.Export;

/// <summary>Rewrites an exported model of 32-bit floats in a smaller precision, and reads its weights back.</summary>
internal static class PrecisionConversion
{
    private const int Float = 1;
    private const int Int8 = 3;
    private const int Half = 10;
    private const int LargestInt8 = 127;
    private const string ScalePrefix = OnnxNames.ConstantPrefix + "scale.";

    /// <summary>Changes a model in place; its input and output stay 32-bit floats.</summary>
    public static void Apply(ModelProto model, WeightPrecision precision)
    {
        switch (precision)
        {
            case WeightPrecision.Fp16:
                ToHalf(model.Graph);
                break;
            case WeightPrecision.Int8:
                ToInt8(model.Graph);
                break;
        }
    }

    /// <summary>The weights of a model by state-dictionary name, as 32-bit floats whatever they are stored as.</summary>
    public static IEnumerable<(string Name, float[] Values, long[] Shape)> Weights(GraphProto graph)
    {
        var scales = graph.Initializer.Where(tensor => tensor.Name.StartsWith(ScalePrefix, StringComparison.Ordinal))
            .ToDictionary(tensor => tensor.Name[ScalePrefix.Length..], Floats);
        return graph.Initializer.Where(tensor => !tensor.Name.StartsWith(OnnxNames.ConstantPrefix, StringComparison.Ordinal))
            .Select(tensor => (tensor.Name, tensor.DataType == Int8 ? Scaled(tensor, scales[tensor.Name]) : Floats(tensor), tensor.Dims.ToArray()));
    }

    private static void ToHalf(GraphProto graph)
    {
        foreach (var tensor in graph.Initializer.Where(tensor => tensor.DataType == Float))
        {
            var halves = Floats(tensor).Select(value => (System.Half)value).ToArray();
            (tensor.DataType, tensor.RawData) = (Half, ByteString.CopyFrom(MemoryMarshal.AsBytes(halves.AsSpan())));
        }
        var (input, output) = (graph.Input.Single().Name, graph.Output.Single().Name);
        var (halfInput, halfOutput) = ($"{input}.half", $"{output}.half");
        Rename(graph, input, halfInput);
        foreach (var node in graph.Node.Where(node => node.Output.Contains(output)))
            node.Output[node.Output.IndexOf(output)] = halfOutput;
        graph.Node.Insert(0, Node("Cast", [input], halfInput, "to", Half));
        graph.Node.Add(Node("Cast", [halfOutput], output, "to", Float));
    }

    private static void ToInt8(GraphProto graph)
    {
        // Kernels and matrices only: vectors are few, and a norm or a bias suffers from coarse steps.
        foreach (var tensor in graph.Initializer.Where(tensor => tensor.DataType == Float && tensor.Dims.Count >= 2
                     && !tensor.Name.StartsWith(OnnxNames.ConstantPrefix, StringComparison.Ordinal)).ToList())
        {
            var values = Floats(tensor);
            var row = values.Length / (int)tensor.Dims[0];
            var scales = values.Chunk(row).Select(channel => Math.Max(channel.Max(Math.Abs), float.Epsilon * LargestInt8) / LargestInt8).ToArray();
            var integers = values.Select((value, index) => (sbyte)Math.Round(value / scales[index / row])).ToArray();
            (tensor.DataType, tensor.RawData) = (Int8, ByteString.CopyFrom(MemoryMarshal.AsBytes(integers.AsSpan())));
            var scale = ScalePrefix + tensor.Name;
            graph.Initializer.Add(new TensorProto { Name = scale, DataType = Float, Dims = { scales.Length }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(scales.AsSpan())) });
            var restored = $"{tensor.Name}.float";
            Rename(graph, tensor.Name, restored);
            graph.Node.Insert(0, Node("DequantizeLinear", [tensor.Name, scale], restored, "axis", 0));
        }
    }

    private static float[] Floats(TensorProto tensor) => tensor.DataType == Half
        ? [.. MemoryMarshal.Cast<byte, System.Half>(tensor.RawData.Span).ToArray().Select(value => (float)value)]
        : MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray();

    private static float[] Scaled(TensorProto tensor, float[] scales)
    {
        var integers = MemoryMarshal.Cast<byte, sbyte>(tensor.RawData.Span).ToArray();
        var row = integers.Length / scales.Length;
        return [.. integers.Select((value, index) => value * scales[index / row])];
    }

    private static void Rename(GraphProto graph, string from, string to)
    {
        foreach (var node in graph.Node)
        {
            for (var index = 0; index < node.Input.Count; index++)
                node.Input[index] = node.Input[index] == from ? to : node.Input[index];
        }
    }

    private static NodeProto Node(string type, string[] inputs, string output, string attribute, long value) => new()
    {
        OpType = type,
        Input = { inputs },
        Output = { output },
        Attribute = { new AttributeProto { Name = attribute, I = value, Type = AttributeType.Int } },
    };
}
