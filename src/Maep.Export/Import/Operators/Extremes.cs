using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Where the largest and smallest values are.</summary>
internal static class Extremes
{
    public static IEnumerable<Operator> All =>
    [
        new("ArgMax", 1, call => Place(call, (x, axis) => x.argmax(axis, keepdim: true))) { Gradient = GradientKind.Zero },
        new("ArgMin", 1, call => Place(call, (x, axis) => x.argmin(axis, keepdim: true))) { Gradient = GradientKind.Zero },
        new("TopK", 1, call => TopK(call, call.Int("k", 0))),
        new("TopK", 10, call => TopK(call, call.Longs(1) is [var count] ? count : throw call.Fault("needs one number as input 1"))),
    ];

    private static Tensor Place(OperatorCall call, Func<Tensor, long, Tensor> find)
    {
        var axis = call.Axis(call.Int("axis", 0), call.X.dim());
        var place = call.Int("select_last_index", 0) == 0 ? find(call.X, axis) : call.X.shape[axis] - 1 - find(call.X.flip(axis), axis);
        return call.Int("keepdims", 1) != 0 ? place : place.squeeze(axis);
    }

    private static Tensor?[] TopK(OperatorCall call, long count)
    {
        var axis = call.Axis(call.Int("axis", -1), call.X.dim());
        if (count < 0 || count > call.X.shape[axis])
            throw call.Fault($"asks for {count} of {call.X.shape[axis]} values");
        var (values, places) = call.X.topk((int)count, (int)axis, call.Int("largest", 1) != 0, call.Int("sorted", 1) != 0);
        return [values, places];
    }
}
