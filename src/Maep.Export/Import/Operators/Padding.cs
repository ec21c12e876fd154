using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Values around a tensor, or, where a pad is negative, fewer of its own.</summary>
internal static class Padding
{
    public static IEnumerable<Operator> All =>
    [
        new("Pad", 1, call => Pad(call, call.Ints("pads") ?? call.Ints("paddings") ?? throw call.Fault("gives no pads"), call.Float("value", 0), null)),
        new("Pad", 11, call => Pad(call, call.Longs(1), call.OptionalDoubles(2) is [var value] ? value : 0, call.OptionalLongs(3))),
    ];

    private static Tensor Pad(OperatorCall call, long[] pads, double value, long[]? axes)
    {
        var x = call.X;
        axes = axes is null ? [.. Enumerable.Range(0, (int)x.dim()).Select(axis => (long)axis)] : Array.ConvertAll(axes, axis => call.Axis(axis, x.dim()));
        if (pads.Length != 2 * axes.Length)
            throw call.Fault($"has {pads.Length} pads for {axes.Length} axes; twice as many expected");
        var mode = call.Text("mode", "constant");
        for (var index = 0; index < axes.Length; index++)
            x = Pad(call, x, axes[index], pads[index], pads[index + axes.Length], mode, value);
        return x;
    }

    private static Tensor Pad(OperatorCall call, Tensor x, long axis, long begin, long end, string mode, double value)
    {
        var length = x.shape[axis];
        if (begin == 0 && end == 0)
            return x;
        if (begin is < -NetworkLimits.LargestTensor or > NetworkLimits.LargestTensor || end is < -NetworkLimits.LargestTensor or > NetworkLimits.LargestTensor)
            throw call.Fault($"pads {begin} and {end} places");
        call.Allow([.. x.shape.Select((size, index) => index == axis ? size + begin + end : size)]);
        if (mode == "constant")
        {
            var pads = new long[2 * (x.dim() - axis)];
            (pads[^2], pads[^1]) = (begin, end);
            return nn.functional.pad(x, pads, value: value);
        }
        if (length == 0)
            throw call.Fault("repeats the values of an axis that has none");
        var places = Enumerable.Range(0, (int)(length + begin + end)).Select(index => index - begin).Select(place => mode switch
        {
            "edge" => Math.Clamp(place, 0, length - 1),
            "wrap" => (place % length + length) % length,
            "reflect" => Reflected(place, length),
            _ => throw call.Fault($"has the mode '{mode}'; constant, reflect, edge or wrap expected"),
        }).ToArray();
        return x.index_select(axis, tensor(places, device: x.device));
    }

    // Mirrored at the first and the last place, which are not repeated.
    private static long Reflected(long place, long length)
    {
        if (length == 1)
            return 0;
        var period = 2 * (length - 1);
        var within = (place % period + period) % period;
        return Math.Min(within, period - within);
    }
}
