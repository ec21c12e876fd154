using System.Runtime.InteropServices;
using Maep.Export.Proto;
using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Training;
using static TorchSharp.torch;

namespace Maep.Export;

/// <summary>
/// Rebuilds MobileNetV2 from an ONNX file of others: a converted TensorFlow Lite model with its normalisation inside (Mul, Add), a Clip after
/// every convolution and sum, and a Slice that drops classes the file does not report. Every node is checked, so no other graph passes.
/// </summary>
internal sealed class MobileNetV2Reader
{
    private const int FloatType = 1;
    private const int Int64Type = 7;

    private readonly GraphProto _graph;
    private readonly string _path;
    private readonly Dictionary<string, TensorProto> _constants;
    private readonly Dictionary<string, Tensor> _weights = [];
    private readonly List<OutputRange> _ranges = [];
    private int _nodes;
    private string _value;

    private MobileNetV2Reader(GraphProto graph, string path)
    {
        _graph = graph;
        _path = path;
        _constants = graph.Initializer.ToDictionary(tensor => tensor.Name);
        _value = graph.Input.Count == 1 ? graph.Input[0].Name : throw Fault($"it has {graph.Input.Count} inputs, 1 expected");
    }

    /// <summary>Builds the network and fills its weights.</summary>
    /// <exception cref="InvalidDataException">The graph is another one.</exception>
    public static MobileNetV2 Read(GraphProto graph, string path) => new MobileNetV2Reader(graph, path).Read();

    private MobileNetV2 Read()
    {
        var scale = Floats(Take("Mul").Input[1], 1)[0];
        var shift = Floats(Take("Add").Input[1], 1)[0];
        Convolution("stem", size: 3, stride: 2);
        foreach (var (index, block) in MobileNetV2.Blocks.Index())
            Block($"blocks.{index}", block);
        Convolution("last");
        Take("GlobalAveragePool");
        Convolution("head");
        Take("Flatten");
        var classes = Slice();
        if (_nodes != _graph.Node.Count || _graph.Output.Count != 1 || _graph.Output[0].Name != _value)
            throw Fault($"it goes on after '{_value}'");

        // x * scale + shift = (x + shift / scale) / (1 / scale), the same for each colour.
        var normalization = new PixelNormalization([.. Enumerable.Repeat(-shift / scale, 3)], [.. Enumerable.Repeat(1 / scale, 3)]);
        var network = new MobileNetV2(_ranges, normalization, classes);
        NamedWeights.Fill(network, _weights, _path);
        foreach (var weight in _weights.Values)
            weight.Dispose();
        return network;
    }

    private void Block(string name, MobileNetV2Block block)
    {
        var input = _value;
        if (block.HasExpansion)
            Convolution($"{name}.expand");
        Convolution($"{name}.depthwise", size: 3, block.Stride, groups: block.Expanded);
        Convolution($"{name}.project");
        if (!block.HasShortcut)
            return;
        var sum = Take("Add");
        if (sum.Input[1] != input)
            throw Fault($"node {_nodes - 1} adds '{sum.Input[1]}', the shortcut '{input}' expected");
        Range();
    }

    private void Convolution(string layer, int size = 1, int stride = 1, int groups = 1)
    {
        var node = Take("Conv");
        var ends = size / 2;
        var begins = stride == 2 ? 0 : ends;
        Require(node, "group", groups);
        Require(node, "strides", stride, stride);
        Require(node, "pads", begins, begins, ends, ends);
        _weights[$"{layer}.weight"] = Weight(node.Input[1]);
        _weights[$"{layer}.bias"] = Weight(node.Input[2]);
        Range();
    }

    private void Range()
    {
        var clip = Take("Clip");
        _ranges.Add(new OutputRange(Floats(clip.Input[1], 1)[0], Floats(clip.Input[2], 1)[0]));
    }

    // Keeps those rows of the head that the file reports.
    private int Slice()
    {
        var node = Take("Slice");
        var (start, end, axis) = (Integer(node.Input[1]), Integer(node.Input[2]), Integer(node.Input[3]));
        var rows = _weights["head.bias"].shape[0];
        if (axis != 1 || start < 0 || end <= start || end > rows)
            throw Fault($"node {_nodes - 1} slices {start}..{end} of axis {axis}, some of the {rows} classes of axis 1 expected");
        foreach (var name in new[] { "head.weight", "head.bias" })
        {
            using var all = _weights[name];
            _weights[name] = all.narrow(0, start, end - start);
        }
        return (int)(end - start);
    }

    // The next node, which must be of this kind and use the value made last.
    private NodeProto Take(string op)
    {
        if (_nodes == _graph.Node.Count)
            throw Fault($"it ends after {_nodes} nodes, '{op}' expected");
        var node = _graph.Node[_nodes];
        if (node.OpType != op || node.Domain.Length > 0)
            throw Fault($"node {_nodes} is '{node.OpType}', '{op}' expected");
        var inputs = op switch { "GlobalAveragePool" or "Flatten" => 1, "Mul" or "Add" => 2, "Conv" or "Clip" => 3, _ => 4 };
        if (node.Input.Count != inputs || node.Output.Count != 1 || node.Input[0] != _value)
            throw Fault($"node {_nodes} is '{op}' of {string.Join(", ", node.Input)}; '{_value}' first of {inputs} inputs expected");
        _nodes++;
        _value = node.Output[0];
        return node;
    }

    private void Require(NodeProto node, string name, params long[] expected)
    {
        var attribute = node.Attribute.FirstOrDefault(candidate => candidate.Name == name);
        long[] actual = attribute switch { null => [], { Ints.Count: > 0 } => [.. attribute.Ints], _ => [attribute.I] };
        if (!actual.SequenceEqual(expected))
            throw Fault($"node {_nodes - 1} has {name} [{string.Join(", ", actual)}], [{string.Join(", ", expected)}] expected");
    }

    private Tensor Weight(string name)
    {
        var shape = Constant(name).Dims;
        return tensor(Floats(name, shape.Aggregate(1L, (product, size) => product * size)), [.. shape]);
    }

    private float[] Floats(string name, long count) => MemoryMarshal.Cast<byte, float>(Raw(name, FloatType, count * sizeof(float))).ToArray();

    private long Integer(string name) => MemoryMarshal.Cast<byte, long>(Raw(name, Int64Type, sizeof(long)))[0];

    private ReadOnlySpan<byte> Raw(string name, int type, long bytes)
    {
        var constant = Constant(name);
        return constant.DataType == type && constant.RawData.Length == bytes
            ? constant.RawData.Span
            : throw Fault($"constant '{name}' of type {constant.DataType} has {constant.RawData.Length} bytes of raw data, {bytes} of type {type} expected");
    }

    private TensorProto Constant(string name) => _constants.TryGetValue(name, out var constant) ? constant : throw Fault($"'{name}' is no constant");

    private InvalidDataException Fault(string reason) => new(
        $"{_path}: no metadata '{OnnxNames.Network}', and its graph is no MobileNetV2 ({reason}), so its network cannot be rebuilt for gradients; give a file of `maep export`, or MobileNetV2 1.0 converted from TensorFlow Lite.");
}
