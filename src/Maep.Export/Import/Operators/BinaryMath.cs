using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Arithmetic of two tensors or more, the smaller ones broadcast.</summary>
internal static class BinaryMath
{
    public static IEnumerable<Operator> All =>
    [
        new("Add", 1, call => Aligned(call, (a, b) => a + b)),
        new("Sub", 1, call => Aligned(call, (a, b) => a - b)),
        new("Mul", 1, call => Aligned(call, (a, b) => a * b)),
        new("Div", 1, call => Aligned(call, Divide)),
        new("Pow", 1, call => Aligned(call, Power)),
        new("Add", 7, call => Pair(call, (a, b) => a + b)),
        new("Sub", 7, call => Pair(call, (a, b) => a - b)),
        new("Mul", 7, call => Pair(call, (a, b) => a * b)),
        new("Div", 7, call => Pair(call, Divide)),
        new("Pow", 7, call => Pair(call, Power)),
        new("Mod", 10, call => Pair(call, (a, b) => call.Int("fmod", 0) != 0 ? a.fmod(b) : a.remainder(b))),
        new("Min", 6, call => Fold(call, (a, b) => minimum(a, b))),
        new("Max", 6, call => Fold(call, (a, b) => maximum(a, b))),
        new("Sum", 6, call => Fold(call, (a, b) => a + b)),
        new("Mean", 6, call => Fold(call, (a, b) => a + b) / call.InputCount),
    ];

    /// <summary>Combines the two inputs of a node.</summary>
    public static Tensor Pair(OperatorCall call, Func<Tensor, Tensor, Tensor> combine)
    {
        var (a, b) = (call.Input(0), call.Input(1));
        call.AllowBroadcast(a, b);
        return combine(a, b);
    }

    // Before opset 7 the second input stands at the axis that the node names, or at the end.
    private static Tensor Aligned(OperatorCall call, Func<Tensor, Tensor, Tensor> combine)
    {
        var (a, b) = (call.Input(0), call.Input(1));
        if (call.Int("broadcast", 0) == 0 || !call.Has("axis"))
            return Pair(call, combine);
        var behind = a.dim() - b.dim() - call.Axis(call.Int("axis", 0), a.dim());
        return behind >= 0 ? combine(a, b.reshape([.. b.shape, .. Enumerable.Repeat(1L, (int)behind)]))
            : throw call.Fault($"puts [{string.Join(", ", b.shape)}] at an axis of [{string.Join(", ", a.shape)}] where it does not fit");
    }

    // Whole numbers divide towards zero, as in C.
    private static Tensor Divide(Tensor a, Tensor b) => a.is_floating_point() || b.is_floating_point() ? a / b : a.div(b, RoundingMode.trunc);

    // The result has the type of the base, whatever the exponent's.
    private static Tensor Power(Tensor a, Tensor b)
    {
        if (b.numel() == 1 && a.is_floating_point() && !b.requires_grad && b.dim() <= a.dim() && b.device_type == DeviceType.CPU)
            return a.pow(b.to(ScalarType.Float64).reshape(1).data<double>()[0]);
        return a.pow(b).to(a.dtype);
    }

    private static Tensor Fold(OperatorCall call, Func<Tensor, Tensor, Tensor> combine) => call.Inputs().Aggregate((a, b) =>
    {
        call.AllowBroadcast(a, b);
        return combine(a, b);
    });
}
