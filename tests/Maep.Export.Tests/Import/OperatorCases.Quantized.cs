using Maep.Export.Proto;
using static Maep.Export.Tests.Import.TestGraph;

namespace Maep.Export.Tests.Import;

/// <summary>Quantised operators, and those that ONNX Runtime's optimiser writes.</summary>
internal static partial class OperatorCases
{
    private static IEnumerable<OperatorCase> Quantized =>
    [
        .. from opset in new[] { 10, 13, 19, 21 } select Rounded(new OperatorCase(opset, "QuantizeLinear", Table, ["x", "s", "z"], [Number("s", 0.013f), Tensor("z", UInt8Type, [(byte)100])])),
        Rounded(new OperatorCase(13, "QuantizeLinear", Table, ["x", "s", "z"], [Tensor("s", FloatType, [0.01f, 0.02f, 0.03f, 0.004f, 0.05f], 5), Tensor("z", Int8Type, new sbyte[] { 1, -2, 3, 4, 5 }, 5)], A("axis", -1L))),
        Rounded(new OperatorCase(10, "QuantizeLinear", Table, ["x", "s"], [Number("s", 0.013f)])), Rounded(new OperatorCase(21, "QuantizeLinear", Table, ["x", "s"], [Number("s", 0.013f)], Int("output_dtype", Int8Type))),
        Rounded(new OperatorCase(11, "DynamicQuantizeLinear", Table, ["x"], [])) with { Outputs = 3 }, Rounded(new OperatorCase(11, "DynamicQuantizeLinear", Table, ["x"], [])) with { Outputs = 3, Output = 1 },
    ];

    private static IEnumerable<OperatorCase> Fused =>
    [
        .. from activation in new[] { "Relu", "Sigmoid", "Tanh" } select new OperatorCase(13, "com.microsoft.FusedConv", [1, 3, 4, 3], ["x", "w", "b"], [Random("w", 4, 3, 3, 3), Random("b", 4)], A("activation", activation), A("pads", 1, 1, 1, 1)),
        new(13, "com.microsoft.FusedConv", Image, ["x", "w"], [Random("w", 4, 3, 1, 1)], A("activation", "LeakyRelu"), A("activation_params", [0.2f])), new(13, "com.microsoft.FusedConv", Image, ["x", "w", "", "c"], [Random("w", 4, 3, 1, 1), Random("c", 2, 4, 7, 6)], A("activation", "Relu")),
        new(13, "com.microsoft.FusedGemm", Table, ["x", "w", "b"], [Random("w", 5, 3), Random("b", 3)], A("activation", "Relu")), new(13, "com.microsoft.FusedMatMul", Table, ["x", "w"], [Random("w", 3, 5)], Int("transB", 1), A("alpha", 0.5f)),
        new(13, "com.microsoft.Gelu", Table, ["x"], []), new(13, "com.microsoft.BiasGelu", Table, ["x", "b"], [Random("b", 5)]), new(13, "com.microsoft.FastGelu", Table, ["x"], []), new(13, "com.microsoft.FastGelu", Table, ["x", "b"], [Random("b", 5)]),
        new(13, "com.microsoft.QuickGelu", Table, ["x"], []), new(13, "com.microsoft.QuickGelu", Table, ["x"], [], A("alpha", 1.1f)),
        new(13, "com.microsoft.SkipLayerNormalization", [2, 3, 4], ["x", "k", "s", "b", "c"], [Random("k", 2, 3, 4), Random("s", 4), Random("b", 4), Random("c", 4)], A("epsilon", 1e-5f)),
        new(13, "com.microsoft.Attention", [2, 3, 8], ["x", "w", "b"], [Random("w", 8, 24), Random("b", 24)], Int("num_heads", 2)),
        new(13, "com.microsoft.MultiHeadAttention", [2, 3, 8], ["x", "k", "v", "b"], [Random("k", 2, 5, 8), Random("v", 2, 5, 8), Random("b", 24)], Int("num_heads", 2)),
    ];

    private static OperatorCase Rounded(OperatorCase one) => one with { HasGradient = false };
}
