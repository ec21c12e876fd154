using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Ranges of axes; places are attributes until opset 9 and inputs from 10 on.</summary>
internal static class Slicing
{
    public static IEnumerable<Operator> All =>
    [
        new("Slice", 1, call => Slice(call, call.Ints("starts") ?? [], call.Ints("ends") ?? [], call.Ints("axes"), null)),
        new("Slice", 10, call => Slice(call, call.Longs(1), call.Longs(2), call.OptionalLongs(3), call.OptionalLongs(4))),
    ];

    private static Tensor Slice(OperatorCall call, long[] starts, long[] ends, long[]? axes, long[]? steps)
    {
        axes ??= [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        steps ??= [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
            throw call.Fault($"has {starts.Length} starts, {ends.Length} ends, {axes.Length} axes and {steps.Length} steps; as many of each expected");
        var result = call.X;
        for (var index = 0; index < starts.Length; index++)
            result = Slice(call, result, call.Axis(axes[index], result.dim()), starts[index], ends[index], steps[index]);
        return result;
    }

    private static Tensor Slice(OperatorCall call, Tensor x, long axis, long start, long end, long step)
    {
        var length = x.shape[axis];
        long Place(long place, long least, long most) => Math.Clamp(place < 0 ? place + length : place, least, most);
        if (step > 0)
        {
            var (from, to) = (Place(start, 0, length), Place(end, 0, length));
            return from >= to ? x.narrow(axis, 0, 0) : x.slice(axis, from, to, Math.Min(step, length));
        }
        if (step == 0)
            throw call.Fault("has a step of 0");
        var (first, last) = (Place(start, 0, length - 1), Place(end, -1, length - 1));
        step = Math.Max(step, -length - 1);
        if (length == 0 || first <= last)
            return x.narrow(axis, 0, 0);
        return x.index_select(axis, arange(first, last, step, device: x.device));
    }
}
