using Maep.Export.Proto;
using static Maep.Export.Tests.Import.TestGraph;

namespace Maep.Export.Tests.Import;

/// <summary>Convolutions, pooling, normalisations, products, attention.</summary>
internal static partial class OperatorCases
{
    private static IEnumerable<OperatorCase> Layers => [.. ConvolutionCases, .. PoolingCases, .. NormalizationCases, .. ProductCases];

    private static IEnumerable<OperatorCase> ConvolutionCases =>
    [
        Conv(7, [3, 3]), Conv(11, [3, 3], A("pads", 1, 1, 1, 1)), Conv(22, [3, 2], A("pads", 0, 1, 2, 1), A("strides", 2, 1)), Conv(11, [2, 3], A("dilations", 2, 1)),
        .. from mode in new[] { "SAME_UPPER", "SAME_LOWER", "VALID" } from size in new long[] { 2, 3 } select Conv(11, [size, size], A("auto_pad", mode), A("strides", 2, 2)),
        new(13, "Conv", [2, 4, 5, 5], ["x", "w"], [Random("w", 6, 2, 3, 3)], Int("group", 2), A("kernel_shape", 3, 3), A("pads", 1, 1, 1, 1)),
        new(13, "Conv", [2, 3, 9], ["x", "w", "b"], [Random("w", 4, 3, 3), Random("b", 4)], A("pads", 1, 0), A("strides", [2L])),
        new(13, "Conv", [1, 2, 4, 5, 4], ["x", "w"], [Random("w", 3, 2, 2, 2, 2)], A("pads", 0, 1, 0, 1, 1, 0)),
        Transposed(7, []), Transposed(11, [A("strides", 2, 2)]), Transposed(22, [A("strides", 2, 2), A("pads", 1, 0, 0, 1), A("output_padding", 1, 1)]), Transposed(11, [A("strides", 2, 3), A("dilations", 2, 1)]),
        Transposed(11, [A("strides", 2, 2), A("output_shape", 9, 10)]), Transposed(11, [A("strides", 2, 2), A("auto_pad", "SAME_UPPER")]), Transposed(11, [A("strides", 2, 2), A("auto_pad", "SAME_LOWER")]),
        new(11, "ConvTranspose", [1, 4, 3, 3], ["x", "w"], [Random("w", 4, 2, 3, 3)], Int("group", 2)), new(11, "ConvTranspose", [2, 3, 5], ["x", "w"], [Random("w", 3, 2, 3)], A("strides", [2L])),
    ];

    private static IEnumerable<OperatorCase> PoolingCases =>
    [
        .. from name in new[] { "MaxPool", "AveragePool" } from opset in new[] { 7, 8, 10, 11, 12, 19, 22 } select Pool(opset, name, A("kernel_shape", 3, 2), A("strides", 2, 2)),
        .. from name in new[] { "MaxPool", "AveragePool", "LpPool" } from opset in new[] { 11, 22 } select Pool(opset, name, A("kernel_shape", 3, 3), A("pads", 1, 1, 1, 1), A("strides", 2, 2)),
        .. from name in new[] { "MaxPool", "AveragePool", "LpPool" } select Pool(11, name, A("kernel_shape", 3, 3), A("pads", 0, 1, 2, 0), A("strides", 2, 1)),
        .. from name in new[] { "MaxPool", "AveragePool", "LpPool" } from mode in new[] { "SAME_UPPER", "SAME_LOWER", "VALID" } select Pool(11, name, A("kernel_shape", 3, 2), A("auto_pad", mode), A("strides", 2, 2)),
        .. from name in new[] { "MaxPool", "AveragePool" } from stride in new long[] { 2, 3 } select Pool(12, name, A("kernel_shape", 2, 2), A("strides", stride, stride), Int("ceil_mode", 1)),
        .. from name in new[] { "MaxPool", "AveragePool" } select Pool(19, name, A("kernel_shape", 3, 3), A("strides", 2, 2), A("pads", 1, 0, 1, 0), Int("ceil_mode", 1)),
        Pool(18, "LpPool", A("kernel_shape", 2, 2), A("strides", 3, 3), Int("ceil_mode", 1)),
        .. from opset in new[] { 7, 11, 19, 22 } select Pool(opset, "AveragePool", A("kernel_shape", 3, 3), A("pads", 1, 0, 1, 2), A("strides", 2, 2), Int("count_include_pad", 1)),
        Pool(19, "AveragePool", A("kernel_shape", 3, 3), A("pads", 1, 1, 1, 1), A("strides", 2, 2), Int("count_include_pad", 1), Int("ceil_mode", 1)),
        Pool(12, "MaxPool", A("kernel_shape", 2, 2), A("dilations", 2, 2)), Pool(12, "MaxPool", A("kernel_shape", 2, 2), A("dilations", 3, 2), A("pads", 1, 1, 0, 1)),
        Pool(19, "AveragePool", A("kernel_shape", 2, 2), A("dilations", 2, 3)), Pool(22, "AveragePool", A("kernel_shape", 2, 2), A("dilations", 2, 2), A("pads", 1, 1, 1, 1)),
        Pool(18, "LpPool", A("kernel_shape", 2, 2), A("dilations", 2, 2), Int("p", 3)), Pool(11, "LpPool", A("kernel_shape", 2, 2), Int("p", 1)),
        .. from order in new long[] { 0, 1 } select Pool(12, "MaxPool", A("kernel_shape", 3, 2), A("strides", 2, 2), A("pads", 1, 0, 1, 1), Int("storage_order", order)) with { Outputs = 2, Output = 1, HasGradient = false },
        Pool(12, "MaxPool", A("kernel_shape", 3, 2), A("strides", 2, 2)) with { Outputs = 2 },
        new(11, "MaxPool", [2, 3, 9], ["x"], [], A("kernel_shape", [3L]), A("strides", [2L])), new(11, "AveragePool", [2, 3, 9], ["x"], [], A("kernel_shape", [3L]), A("pads", 1, 1)),
        new(11, "MaxPool", [1, 2, 4, 5, 4], ["x"], [], A("kernel_shape", 2, 2, 2)), new(11, "AveragePool", [1, 2, 4, 5, 4], ["x"], [], A("kernel_shape", 2, 2, 2), A("pads", 1, 0, 1, 0, 1, 0)),
        .. from name in new[] { "GlobalAveragePool", "GlobalMaxPool" } from opset in new[] { 7, 22 } select Pool(opset, name), Pool(11, "GlobalLpPool"),
    ];

    private static IEnumerable<OperatorCase> NormalizationCases =>
    [
        .. from opset in new[] { 7, 9, 14, 15 } select new OperatorCase(opset, "BatchNormalization", Image, ["x", "s", "b", "m", "v"], [Random("s", 3), Random("b", 3), Random("m", 3), Positive("v", 3)], A("epsilon", 1e-3f)),
        .. from opset in new[] { 7, 22 } select new OperatorCase(opset, "InstanceNormalization", Image, ["x", "s", "b"], [Random("s", 3), Random("b", 3)]),
        new(17, "LayerNormalization", [2, 3, 5], ["x", "s", "b"], [Random("s", 5), Random("b", 5)]), new(17, "LayerNormalization", [2, 3, 5], ["x", "s"], [Random("s", 3, 5)], A("axis", 1L), A("epsilon", 1e-2f)),
        new(11, "LayerNormalization", [2, 3, 5], ["x", "s", "b"], [Random("s", 5), Random("b", 5)]),
        new(18, "GroupNormalization", [2, 4, 3, 3], ["x", "s", "b"], [Random("s", 2), Random("b", 2)], A("num_groups", 2)),
        new(21, "GroupNormalization", [2, 4, 3, 3], ["x", "s", "b"], [Random("s", 4), Random("b", 4)], A("num_groups", 2)),
        new(23, "RMSNormalization", [2, 3, 5], ["x", "s"], [Random("s", 5)]),
        .. from opset in new[] { 7, 13 } select new OperatorCase(opset, "LRN", [2, 6, 3, 2], ["x"], [], Int("size", 3), A("alpha", 0.5f), A("bias", 1.3f)),
        .. from p in new long[] { 1, 2 } select new OperatorCase(7, "LpNormalization", Table, ["x"], [], Int("p", p), A("axis", 0L)),
        .. from opset in new[] { 9, 13 } select new OperatorCase(opset, "MeanVarianceNormalization", Image, ["x"], []),
        new(7, "ImageScaler", Image, ["x"], [], A("scale", 0.5f), A("bias", [0.1f, -0.2f, 0.3f])),
    ];

    private static IEnumerable<OperatorCase> ProductCases =>
    [
        .. from opset in new[] { 7, 9, 11, 13 } select new OperatorCase(opset, "Gemm", Table, ["x", "w", "b"], [Random("w", 5, 3), Random("b", 3)]),
        new(13, "Gemm", Table, ["x", "w", "b"], [Random("w", 3, 4), Random("b", 5, 1)], Int("transA", 1), Int("transB", 1), A("alpha", 0.7f), A("beta", 0.3f)), new(11, "Gemm", Table, ["x", "w"], [Random("w", 3, 5)], Int("transB", 1)),
        new(13, "Gemm", Table, ["x", "w", "b"], [Random("w", 3, 5), Random("b", 3)], Int("transB", 1)),
        .. from opset in new[] { 7, 9, 13 } select new OperatorCase(opset, "MatMul", [2, 3, 4, 5], ["x", "w"], [Random("w", 3, 5, 2)]), new(13, "MatMul", [5], ["x", "w"], [Random("w", 5, 3)]), new(13, "MatMul", Table, ["x", "w"], [Random("w", 5)]),
        new(12, "Einsum", [2, 3, 4], ["x", "w"], [Random("w", 4, 5)], A("equation", "bij, jk -> bik")), new(12, "Einsum", [2, 3, 4], ["x"], [], A("equation", "...ij->...ji")), new(12, "Einsum", [3, 3], ["x"], [], A("equation", "ii->i")),
        new(23, "Attention", [2, 3, 8], ["x", "k", "v"], [Random("k", 2, 4, 8), Random("v", 2, 4, 8)], Int("q_num_heads", 2), Int("kv_num_heads", 2)),
        new(23, "Attention", [2, 2, 3, 4], ["x", "k", "v", "m"], [Random("k", 2, 2, 3, 4), Random("v", 2, 2, 3, 5), Random("m", 3, 3)], A("scale", 0.3f)),
        new(23, "Attention", [2, 4, 3, 4], ["x", "k", "v"], [Random("k", 2, 2, 3, 4), Random("v", 2, 2, 3, 4)], Int("is_causal", 1), A("softcap", 0.5f)),
        new(24, "Attention", [2, 2, 3, 4], ["x", "k", "v"], [Random("k", 2, 2, 3, 4), Random("v", 2, 2, 3, 4)]),
    ];

    private static OperatorCase Conv(int opset, long[] kernel, params AttributeProto[] attributes) =>
        new(opset, "Conv", Image, ["x", "w", "b"], [Random("w", [4, 3, .. kernel]), Random("b", 4)], attributes);

    private static OperatorCase Transposed(int opset, AttributeProto[] attributes) =>
        new(opset, "ConvTranspose", [2, 3, 4, 5], ["x", "w", "b"], [Random("w", 3, 2, 3, 2), Random("b", 2)], attributes);

    private static OperatorCase Pool(int opset, string name, params AttributeProto[] attributes) => new(opset, name, Image, ["x"], [], attributes);

    private static TensorProto Positive(string name, long count) => Tensor(name, FloatType, [.. Enumerable.Range(1, (int)count).Select(index => 0.3f * index)], count);
}
