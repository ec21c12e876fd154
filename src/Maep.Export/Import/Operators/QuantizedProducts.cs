using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Convolutions and matrix products of integers, computed as floats that hold them, so that gradients pass.</summary>
internal static class QuantizedProducts
{
    public static IEnumerable<Operator> All =>
    [
        new("ConvInteger", 10, call => ConvInteger(call)),
        new("MatMulInteger", 10, call => MatMulInteger(call)),
        new("QLinearConv", 10, call => QLinearConv(call)) { Gradient = GradientKind.StraightThrough },
        new("QLinearMatMul", 10, call => QLinearMatMul(call)) { Gradient = GradientKind.StraightThrough },
    ];

    /// <summary>Integers without their zero point, as floats.</summary>
    public static Tensor Centred(Tensor integers, Tensor? zero)
    {
        var values = integers.is_floating_point() ? integers : integers.to(ScalarType.Float32);
        return zero is null ? values : values - zero.to(values.dtype);
    }

    private static Tensor ConvInteger(OperatorCall call) =>
        Convolutions.Convolve(call, Centred(call.X, call.Optional(2)), Centred(call.Input(1), Channels(call.Optional(3), call.Input(1))), null);

    private static Tensor MatMulInteger(OperatorCall call) =>
        MatrixProducts.MatMul(call, Centred(call.X, Rows(call.Optional(2))), Centred(call.Input(1), call.Optional(3)));

    // Inputs: x, its scale and zero point, w, its scale and zero point, the result's scale and zero point, a bias in steps of both scales.
    private static Tensor QLinearConv(OperatorCall call)
    {
        var (scale, weightScale) = (call.Input(1), call.Input(4));
        var x = Centred(call.X, call.Input(2));
        var weight = Centred(call.Input(3), Channels(call.Input(5), call.Input(3)));
        var sums = Convolutions.Convolve(call, x, weight, call.Optional(8)?.to(weight.dtype));
        var step = scale * weightScale / call.Input(6);
        var factor = step.numel() == 1 ? step.reshape([]) : step.reshape([1, -1, .. Enumerable.Repeat(1L, (int)sums.dim() - 2)]);
        return Quantization.Round(sums * factor, ones([], device: sums.device), call.Input(7), Quantization.Range(call, call.Input(7)));
    }

    private static Tensor QLinearMatMul(OperatorCall call)
    {
        var a = Centred(call.X, Rows(call.Input(2))) * Rows(call.Input(1))!;
        var b = Centred(call.Input(3), call.Input(5)) * call.Input(4);
        return Quantization.Round(MatrixProducts.MatMul(call, a, b), call.Input(6), call.Input(7), Quantization.Range(call, call.Input(7)));
    }

    private static Tensor? Channels(Tensor? zero, Tensor weight) =>
        zero is null || zero.numel() == 1 ? zero?.reshape([]) : zero.reshape([-1, .. Enumerable.Repeat(1L, (int)weight.dim() - 1)]);

    // Of the left factor, values may stand for rows.
    private static Tensor? Rows(Tensor? values) => values is null || values.dim() != 1 || values.numel() == 1 ? values?.reshape(values.numel() == 1 ? [] : values.shape) : values.unsqueeze(-1);
}
