using Maep.Export.Proto;
using Maep.Networks;
using static Maep.Export.Tests.Import.TestGraph;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import.FullSize;

/// <summary>Builds the graph that PyTorch's exporter writes of a network, layer by layer, with the weights of a TorchSharp module.</summary>
/// <param name="module">Layers of the graph are named as in its state dictionary.</param>
internal sealed class LayerGraph(nn.Module module)
{
    public const string Image = "image";

    private readonly Dictionary<string, Tensor> _weights = NamedWeights.Of(module);
    private readonly Dictionary<string, TensorProto> _constants = [];
    private readonly List<NodeProto> _nodes = [];

    /// <summary>The file.</summary>
    /// <param name="scores">The output.</param>
    /// <param name="side">Rows and columns of an image.</param>
    public ModelProto Model(string scores, long side) =>
        TestGraph.Model(17, Value(Image, FloatType, 0, 3, side, side), [scores], [.. _nodes], [.. _constants.Values]);

    public string Add(string type, string[] inputs, params AttributeProto[] attributes)
    {
        var output = $"{type}_{_nodes.Count}";
        _nodes.Add(Node(type, inputs, [output], attributes));
        return output;
    }

    public string Weight(string name) => Keep(name, () => Tensor(name, FloatType, Networks.Values(_weights[name]), _weights[name].shape));

    public string Sizes(params long[] values) => Keep($"sizes.{string.Join('_', values)}", () => Longs($"sizes.{string.Join('_', values)}", values));

    public string Scalar(float value) => Keep($"scalar.{value:R}", () => Number($"scalar.{value:R}", value));

    public string Index(long value) => Keep($"index.{value}", () => Whole($"index.{value}", value));

    public string Conv(string x, string layer, int stride = 1, int padding = 0, int groups = 1)
    {
        string[] inputs = _weights.ContainsKey($"{layer}.bias") ? [x, Weight($"{layer}.weight"), Weight($"{layer}.bias")] : [x, Weight($"{layer}.weight")];
        return Add("Conv", inputs, A("strides", stride, stride), A("pads", padding, padding, padding, padding), Int("group", groups));
    }

    public string BatchNorm(string x, string layer) =>
        Add("BatchNormalization", [x, Weight($"{layer}.weight"), Weight($"{layer}.bias"), Weight($"{layer}.running_mean"), Weight($"{layer}.running_var")], A("epsilon", 1e-5f));

    /// <summary>Over the last axis.</summary>
    public string LayerNorm(string x, string layer, float epsilon) =>
        Add("LayerNormalization", [x, Weight($"{layer}.weight"), Weight($"{layer}.bias")], Int("axis", -1), A("epsilon", epsilon));

    /// <summary>A fully connected layer on the last axis of any number of axes: its matrix transposed, then its bias.</summary>
    public string Linear(string x, string layer)
    {
        var name = $"{layer}.weight.t";
        using var transposed = _weights[$"{layer}.weight"].t();
        return Add("Add", [Weight($"{layer}.bias"), Add("MatMul", [x, Keep(name, () => Tensor(name, FloatType, Networks.Values(transposed), transposed.shape))])]);
    }

    /// <summary>A fully connected layer on [N, D].</summary>
    public string Gemm(string x, string layer) => Add("Gemm", [x, Weight($"{layer}.weight"), Weight($"{layer}.bias")], Int("transB", 1));

    public string Gelu(string x)
    {
        var erf = Add("Erf", [Add("Div", [x, Scalar(1.41421354f)])]);
        return Add("Mul", [Add("Mul", [x, Add("Add", [erf, Scalar(1)])]), Scalar(0.5f)]);
    }

    private string Keep(string name, Func<TensorProto> constant)
    {
        if (!_constants.ContainsKey(name))
            _constants.Add(name, constant());
        return name;
    }
}
