using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Maep.Export.Proto;
using TorchSharp;
using static TorchSharp.torch;
using AttributeType = Maep.Export.Proto.AttributeProto.Types.AttributeType;

namespace Maep.Export;

/// <summary>
/// Builds an ONNX graph node by node: one method per operator, each returning the name of its output.
/// Layers are named as in the network's state dictionary, and their weights become initialisers of the same names, so a file can be read back.
/// </summary>
/// <param name="weights">The network's parameters and buffers by state-dictionary name.</param>
internal sealed class OnnxGraph(IReadOnlyDictionary<string, Tensor> weights)
{
    /// <summary>Operator set of the standard Attention operator.</summary>
    public const int Opset = 23;

    private const int FloatType = 1;
    private const int Int64Type = 7;

    private static readonly string[] Free = ["N", "C", "H", "W"];

    private readonly GraphProto _graph = new() { Name = "maep" };
    private readonly HashSet<string> _stored = [];

    /// <summary>Adds the graph's input.</summary>
    /// <param name="name">Name that callers feed.</param>
    /// <param name="shape">Sizes; null is one that callers choose: the batch, and rows and columns of images.</param>
    public string Input(string name, params long?[] shape)
    {
        _graph.Input.Add(Value(name, shape));
        return name;
    }

    /// <summary>Names a value as the graph's output.</summary>
    public void Output(string value, string name, params long?[] shape)
    {
        Add("Identity", [value], name);
        _graph.Output.Add(Value(name, shape));
    }

    public string Conv(string x, string layer, int stride = 1, int padding = 0) =>
        Add("Conv", Layer(x, layer), Ints("strides", stride, stride), Ints("pads", padding, padding, padding, padding));

    /// <summary>Convolution with a kernel [outputs, inputs, k, k] and a bias that the graph computes.</summary>
    public string Conv(string x, string kernel, string bias, int padding) => Add("Conv", [x, kernel, bias], Ints("pads", padding, padding, padding, padding));

    /// <summary>Fully connected layer on [rows, inputs].</summary>
    public string Gemm(string x, string layer) => Add("Gemm", Layer(x, layer), Int("transB", 1));

    public string BatchNormalization(string x, string layer) =>
        Add("BatchNormalization", [x, Weight($"{layer}.weight"), Weight($"{layer}.bias"), Weight($"{layer}.running_mean"), Weight($"{layer}.running_var")], Float("epsilon", 1e-5f));

    public string LayerNormalization(string x, string layer, double epsilon) =>
        Add("LayerNormalization", Layer(x, layer), Int("axis", -1), Float("epsilon", (float)epsilon));

    /// <summary>Scaled dot-product attention on [N, L, D] each.</summary>
    public string Attention(string queries, string keys, string values, int heads) =>
        Add("Attention", [queries, keys, values], Int("q_num_heads", heads), Int("kv_num_heads", heads));

    public string Gelu(string x) => Add("Gelu", [x]);

    public string Relu(string x) => Add("Relu", [x]);

    public string Add(string a, string b) => Add("Add", [a, b]);

    public string Subtract(string a, string b) => Add("Sub", [a, b]);

    public string Multiply(string a, string b) => Add("Mul", [a, b]);

    public string Divide(string a, string b) => Add("Div", [a, b]);

    public string Clip(string x, float low, float high) => Add("Clip", [x, Scalar(low), Scalar(high)]);

    /// <summary>0 keeps the size of that axis, -1 takes what is left.</summary>
    public string Reshape(string x, params long[] shape) => Add("Reshape", [x, Constant(shape)]);

    public string Transpose(string x, params long[] order) => Add("Transpose", [x], Ints("perm", order));

    public string[] Split(string x, int parts, int axis) => AddAll("Split", [x], parts, Int("axis", axis), Int("num_outputs", parts));

    public string MaxPool(string x, int size) => Add("MaxPool", [x], Ints("kernel_shape", size, size), Ints("strides", size, size));

    /// <summary>Largest of each window; the padding is never the largest.</summary>
    public string MaxPool(string x, int size, int stride, int padding) =>
        Add("MaxPool", [x], Ints("kernel_shape", size, size), Ints("strides", stride, stride), Ints("pads", padding, padding, padding, padding));

    public string GlobalAveragePool(string x) => Add("Flatten", [Add("GlobalAveragePool", [x])], Int("axis", 1));

    public string GlobalMaxPool(string x) => Add("Flatten", [Add("GlobalMaxPool", [x])], Int("axis", 1));

    /// <summary>Every <paramref name="step"/>-th row and column of [N, C, H, W].</summary>
    public string Subsample(string x, long step) =>
        Add("Slice", [x, Constant(0, 0), Constant(long.MaxValue, long.MaxValue), Constant(2, 3), Constant(step, step)]);

    /// <summary>Adds zero channels on either side of [N, C, H, W].</summary>
    public string PadChannels(string x, long channels) => Add("Pad", [x, Constant(0, channels, 0, 0, 0, channels, 0, 0)]);

    /// <summary>Part of an axis; negative places count from its end, <see cref="long.MaxValue"/> is the end.</summary>
    public string Slice(string x, int axis, long start, long end) => Add("Slice", [x, Constant([start]), Constant([end]), Constant([axis])]);

    /// <summary>Adds rows and columns to [N, C, H, W]: zeros, or mirrored ones in mode "reflect".</summary>
    public string Pad(string x, long top, long left, long bottom, long right, string mode = "constant") =>
        Add("Pad", [x, Constant(0, 0, top, left, 0, 0, bottom, right)], Text("mode", mode));

    public string Concat(string[] parts, int axis) => Add("Concat", parts, Int("axis", axis));

    public string Unsqueeze(string x, int axis) => Add("Unsqueeze", [x, Constant([axis])]);

    public string Squeeze(string x, int axis) => Add("Squeeze", [x, Constant([axis])]);

    /// <summary>The largest values along an axis, in falling order.</summary>
    public string TopK(string x, long count, int axis) => AddAll("TopK", [x, Constant([count])], 2, Int("axis", axis))[0];

    /// <summary>To the nearest whole number, halves to the even one.</summary>
    public string Round(string x) => Add("Round", [x]);

    public string Sqrt(string x) => Add("Sqrt", [x]);

    /// <summary>A weight of the network, stored once.</summary>
    public string Weight(string name)
    {
        if (_stored.Contains(name))
            return name;
        using var flat = weights[name].detach().cpu().to(ScalarType.Float32).contiguous();
        return Store(name, FloatType, weights[name].shape, flat.bytes.ToArray());
    }

    public string Scalar(float value) => Constant($"scalar.{value.ToString("R", CultureInfo.InvariantCulture)}", [value]);

    /// <summary>A constant that is not a weight; its name gets the reserved prefix "maep.".</summary>
    public string Constant(string name, float[] values, params long[] shape) =>
        Store(OnnxNames.ConstantPrefix + name, FloatType, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>Finishes the model.</summary>
    /// <param name="metadata">Text facts about the model.</param>
    public ModelProto Build(IReadOnlyDictionary<string, string> metadata)
    {
        var model = new ModelProto { IrVersion = 11, ProducerName = "Maep.MLNet", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        model.MetadataProps.AddRange(metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return model;
    }

    private string Constant(params long[] values) =>
        Store($"{OnnxNames.ConstantPrefix}shape.{string.Join('_', values)}", Int64Type, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private string[] Layer(string x, string layer) =>
        weights.ContainsKey($"{layer}.bias") ? [x, Weight($"{layer}.weight"), Weight($"{layer}.bias")] : [x, Weight($"{layer}.weight")];

    private string Store(string name, int type, long[] shape, byte[] data)
    {
        if (_stored.Add(name))
        {
            var initializer = new TensorProto { Name = name, DataType = type, RawData = ByteString.CopyFrom(data) };
            initializer.Dims.AddRange(shape);
            _graph.Initializer.Add(initializer);
        }
        return name;
    }

    private string Add(string op, string[] inputs, params AttributeProto[] attributes) => AddAll(op, inputs, 1, attributes)[0];

    private void Add(string op, string[] inputs, string output)
    {
        var node = new NodeProto { OpType = op, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        _graph.Node.Add(node);
    }

    private string[] AddAll(string op, string[] inputs, int outputs, params AttributeProto[] attributes)
    {
        var name = $"{op.ToLowerInvariant()}_{_graph.Node.Count}";
        string[] results = outputs == 1 ? [name] : [.. Enumerable.Range(0, outputs).Select(index => $"{name}.{index}")];
        var node = new NodeProto { OpType = op, Name = name };
        node.Input.AddRange(inputs);
        node.Output.AddRange(results);
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return results;
    }

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    private static AttributeProto Text(string name, string value) => new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    private static AttributeProto Float(string name, float value) => new() { Name = name, Type = AttributeType.Float, F = value };

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    private static ValueInfoProto Value(string name, long?[] shape)
    {
        var sizes = new TensorShapeProto();
        sizes.Dim.AddRange(shape.Select((size, axis) => size is { } fixedSize
            ? new TensorShapeProto.Types.Dimension { DimValue = fixedSize }
            : new TensorShapeProto.Types.Dimension { DimParam = Free[axis] }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = FloatType, Shape = sizes } } };
    }
}
