using Google.Protobuf;
using Maep.Export.Import;
using Maep.Export.Proto;
using TorchSharp;
using static Maep.Export.Tests.Import.TestGraph;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import;

/// <summary>Deep networks of integers: a last bit decides a rounding here and there, and behind many layers the scores of a right network differ.</summary>
public sealed class QuantizedNetworkTests
{
    private const int Width = 32;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_deep_network_of_integers_opens_rounding_by_rounding(bool dynamic)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);

        var network = OnnxImporter.Open(Model(20, dynamic).ToByteArray(), "deep");

        var images = rand([2, 3, 32, 32], generator: random).requires_grad_();
        var gradient = autograd.grad([network.call(images)[0, 1]], [images])[0];
        Assert.True(gradient[0].abs().max().item<float>() > 0);
        Assert.StartsWith("The gradient passes straight through the rounding of ", network.Notes[0], StringComparison.Ordinal);
        Assert.Contains("Each rounding agrees with ONNX Runtime's but for values halfway between two integers; behind all of them the scores differ by up to ", network.Notes[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(10, 1, true)]
    [InlineData(11, 1, false)]
    [InlineData(1, 2, false)]
    public void Roundings_agree_but_for_a_step_here_and_there(int apart, int steps, bool agree)
    {
        using var scope = NewDisposeScope();
        var own = zeros(1000) + 7;
        var other = own.clone();
        other[..apart] = other[..apart] + steps;
        var node = new NetworkNode(Node("QuantizeLinear", ["x"], ["y"]), 13, [0], [1], Dependence.Pixels);

        if (agree)
        {
            using var taken = RoundingAgreement.Require(own, other, node, "test");
            Assert.Equal(0, (taken - other).abs().max().item<float>());
            return;
        }
        var error = Assert.Throws<InvalidDataException>(() => RoundingAgreement.Require(own, other, node, "test"));
        Assert.StartsWith($"test: node 'QuantizeLinear_y' (QuantizeLinear, opset 13) rounds otherwise than ONNX Runtime: {apart} of 1000 values differ, by up to {steps}", error.Message, StringComparison.Ordinal);
    }

    // Weights of unit gain; "static" as quantised with pairs of QuantizeLinear and DequantizeLinear, "dynamic" as ONNX Runtime's quantize_dynamic writes it.
    private static ModelProto Model(int layers, bool dynamic)
    {
        List<NodeProto> nodes = [];
        List<TensorProto> constants = [Number("step", 3f / 255), Tensor("zero", UInt8Type, [(byte)0]), Tensor("middle", Int8Type, new sbyte[1]), Random("matrix", 10, Width)];
        var (value, channels) = ("x", 3);
        for (var layer = 0; layer < layers; layer++)
        {
            var random = new Random(layer);
            constants.Add(Tensor($"w{layer}", Int8Type, [.. Enumerable.Range(0, Width * channels * 9).Select(_ => (sbyte)random.Next(-127, 128))], Width, channels, 3, 3));
            constants.Add(Number($"s{layer}", (float)(1.4 / 73 / Math.Sqrt(channels * 9))));
            var size = layer % 4 == 3 ? 2L : 1;
            AttributeProto[] attributes = [A("pads", 1, 1, 1, 1), A("strides", size, size)];
            nodes.AddRange(dynamic ? Dynamic(value, layer, attributes) : Static(value, layer, attributes));
            (value, channels) = ($"r{layer}", Width);
        }
        nodes.AddRange([Node("GlobalAveragePool", [value], ["pooled"]), Node("Flatten", ["pooled"], ["flat"]), Node("Gemm", ["flat", "matrix"], ["y"], Int("transB", 1))]);
        return TestGraph.Model(13, Value("x", FloatType, 0, 3, 32, 32), ["y"], [.. nodes], [.. constants]);
    }

    private static NodeProto[] Static(string x, int layer, AttributeProto[] attributes) =>
    [
        Node("QuantizeLinear", [x, "step", "zero"], [$"q{layer}"]), Node("DequantizeLinear", [$"q{layer}", "step", "zero"], [$"d{layer}"]),
        Node("DequantizeLinear", [$"w{layer}", $"s{layer}", "middle"], [$"f{layer}"]), Node("Conv", [$"d{layer}", $"f{layer}"], [$"c{layer}"], attributes), Node("Relu", [$"c{layer}"], [$"r{layer}"]),
    ];

    private static NodeProto[] Dynamic(string x, int layer, AttributeProto[] attributes) =>
    [
        Node("DynamicQuantizeLinear", [x], [$"q{layer}", $"t{layer}", $"z{layer}"]), Node("ConvInteger", [$"q{layer}", $"w{layer}", $"z{layer}", "middle"], [$"i{layer}"], attributes),
        Node("Cast", [$"i{layer}"], [$"f{layer}"], Int("to", FloatType)), Node("Mul", [$"t{layer}", $"s{layer}"], [$"m{layer}"]), Node("Mul", [$"f{layer}", $"m{layer}"], [$"c{layer}"]), Node("Relu", [$"c{layer}"], [$"r{layer}"]),
    ];
}
