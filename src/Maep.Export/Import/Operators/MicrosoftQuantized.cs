using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Operators of com.microsoft on integers with a scale and a zero point; the integers stay floats, as in <see cref="Quantization"/>.</summary>
internal static class MicrosoftQuantized
{
    public static IEnumerable<Operator> All => new Operator[]
    {
        new("QLinearAdd", 1, call => Result(call, Value(call, 0) + Value(call, 3), 6)),
        new("QLinearMul", 1, call => Result(call, Value(call, 0) * Value(call, 3), 6)),
        new("QLinearSigmoid", 1, call => Result(call, Value(call, 0).sigmoid(), 3)),
        new("QLinearLeakyRelu", 1, call => Result(call, nn.functional.leaky_relu(Value(call, 0), call.Float("alpha", 0.01f)), 3)),
        new("QLinearGlobalAveragePool", 1, call => Result(call, GlobalAverage(call, Value(call, 0)), 3)),
        new("QLinearAveragePool", 1, call => Result(call, Average(call), 3)),
        new("QLinearConcat", 1, call => Concat(call)),
        new("QGemm", 1, call => Gemm(call)),
        new("MatMulIntegerToFloat", 1, call => MatMulToFloat(call)) { Gradient = GradientKind.Exact },
        new("DynamicQuantizeMatMul", 1, call => DynamicMatMul(call)),
    }.Select(revision => revision with { Domain = Operator.Microsoft, Gradient = revision.Name == "MatMulIntegerToFloat" ? GradientKind.Exact : GradientKind.StraightThrough });

    // Integers, scale and zero point follow each other as inputs.
    private static Tensor Value(OperatorCall call, int index) => Quantization.Restore(call.Input(index), call.Input(index + 1), call.Optional(index + 2));

    private static Tensor Result(OperatorCall call, Tensor values, int scale) =>
        Quantization.Round(values, call.Input(scale), call.Input(scale + 1), Quantization.Range(call, call.Input(scale + 1)));

    private static Tensor GlobalAverage(OperatorCall call, Tensor x) => call.Int("channels_last", 0) != 0
        ? x.mean([.. Enumerable.Range(1, (int)x.dim() - 2).Select(axis => (long)axis)], keepdim: true)
        : x.mean([.. Enumerable.Range(2, (int)x.dim() - 2).Select(axis => (long)axis)], keepdim: true);

    private static Tensor Average(OperatorCall call) => call.Int("channels_last", 0) == 0 ? Pooling.AveragePool(call, Value(call, 0))
        : throw call.Fault("pools [N, H, W, C], which is not supported");

    // Inputs: the result's scale and zero point, then integers, scale and zero point of each part.
    private static Tensor Concat(OperatorCall call)
    {
        var parts = Enumerable.Range(0, (call.InputCount - 2) / 3).Select(part => Value(call, 2 + 3 * part)).ToArray();
        return Result(call, cat(parts, call.Axis(call.Int("axis", 1), parts[0].dim())), 0);
    }

    // Inputs: a and b with scale and zero point each, a bias in steps of both scales, the result's scale and zero point, left out for a float result.
    private static Tensor Gemm(OperatorCall call)
    {
        var a = QuantizedProducts.Centred(call.X, call.Optional(2));
        var b = QuantizedProducts.Centred(call.Input(3), call.Optional(5));
        var sums = MatrixProducts.MatMul(call, call.Int("transA", 0) != 0 ? a.t() : a, call.Int("transB", 0) != 0 ? b.t() : b) * call.Float("alpha", 1);
        if (call.Optional(6) is { } bias)
            sums += bias.to(sums.dtype);
        var values = sums * (call.Input(1) * call.Input(4));
        return call.Optional(7) is null ? values : Result(call, values, 7);
    }

    // Inputs: a, b, their scales, their zero points, a bias.
    private static Tensor MatMulToFloat(OperatorCall call)
    {
        var values = MatrixProducts.MatMul(call, QuantizedProducts.Centred(call.X, call.Optional(4)), QuantizedProducts.Centred(call.Input(1), call.Optional(5))) * (call.Input(2) * call.Input(3));
        return call.Optional(6) is { } bias ? values + bias : values;
    }

    // Inputs: a as floats, b as integers with scale and zero point, a bias.
    private static Tensor DynamicMatMul(OperatorCall call)
    {
        var (integers, scale, zero) = Quantization.Dynamic(call.X);
        var values = MatrixProducts.MatMul(call, QuantizedProducts.Centred(integers, zero), QuantizedProducts.Centred(call.Input(1), call.Optional(3))) * (scale * call.Input(2));
        return call.Optional(4) is { } bias ? values + bias : values;
    }
}
