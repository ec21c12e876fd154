using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Convolution over one, two or three axes, and its transpose.</summary>
internal static class Convolutions
{
    public static IEnumerable<Operator> All =>
    [
        new("Conv", 1, call => Convolve(call, call.X, call.Input(1), call.Optional(2))),
        new("ConvTranspose", 1, call => Transpose(call)),
    ];

    /// <summary>Convolves with the attributes of a node.</summary>
    /// <param name="call">Attributes strides, dilations, pads, auto_pad and group.</param>
    /// <param name="x">[N, C, ...].</param>
    /// <param name="weight">[outputs, C / group, ...].</param>
    /// <param name="bias">[outputs]; null for none.</param>
    public static Tensor Convolve(OperatorCall call, Tensor x, Tensor weight, Tensor? bias)
    {
        if (weight.dim() != x.dim() || x.dim() < 3)
            throw call.Fault($"has a kernel [{string.Join(", ", weight.shape)}] for values [{string.Join(", ", x.shape)}]; as many axes expected");
        var window = Window.Of(call, weight.shape[2..], x.shape[2..]);
        var group = call.Int("group", 1);
        var padding = window.IsSymmetric ? window.Begin : new long[window.Kernel.Length];
        call.Allow([.. x.shape.Take(2), .. x.shape.Skip(2).Select((size, axis) => size + window.Begin[axis] + window.End[axis])]);
        var padded = window.IsSymmetric ? x : window.Pad(call, x, 0);
        return window.Kernel.Length switch
        {
            1 => nn.functional.conv1d(padded, weight, bias, window.Strides[0], padding[0], window.Dilations[0], group),
            2 => nn.functional.conv2d(padded, weight, bias, window.Strides, padding, window.Dilations, group),
            _ => nn.functional.conv3d(padded, weight, bias, window.Strides, padding, window.Dilations, group),
        };
    }

    // Computed without padding; padding then cuts the ends, and more output than there is becomes zeros.
    private static Tensor Transpose(OperatorCall call)
    {
        var (x, weight) = (call.X, call.Input(1));
        var rank = (int)x.dim() - 2;
        if (rank is < 1 or > 3 || weight.dim() != x.dim())
            throw call.Fault($"has a kernel [{string.Join(", ", weight.shape)}] for values [{string.Join(", ", x.shape)}]; as many axes expected");
        var (strides, dilations) = (Window.Each(call, "strides", rank, smallest: 1), Window.Each(call, "dilations", rank, smallest: 1));
        var group = call.Int("group", 1);
        var full = x.shape[2..].Select((size, axis) => (size - 1) * strides[axis] + (weight.shape[axis + 2] - 1) * dilations[axis] + 1).ToArray();
        call.Allow([x.shape[0], weight.shape[1] * Math.Max(group, 1), .. full]);
        var (start, sizes) = Extent(call, full, x.shape[2..], strides);
        call.Allow([x.shape[0], weight.shape[1] * Math.Max(group, 1), .. sizes]);
        var result = rank switch
        {
            1 => nn.functional.conv_transpose1d(x, weight, stride: strides[0], dilation: dilations[0], groups: group),
            2 => nn.functional.conv_transpose2d(x, weight, strides: strides, dilation: dilations, groups: group),
            _ => nn.functional.conv_transpose3d(x, weight, strides: strides, dilation: dilations, groups: group),
        };
        for (var axis = 0; axis < rank; axis++)
            result = Cut(result, axis + 2, start[axis], sizes[axis]);
        return call.Optional(2) is { } bias ? result + bias.reshape([1, -1, .. Enumerable.Repeat(1L, rank)]) : result;
    }

    private static (long[] Start, long[] Sizes) Extent(OperatorCall call, long[] full, long[] inputs, long[] strides)
    {
        var rank = full.Length;
        var extra = call.Ints("output_padding") ?? new long[rank];
        var mode = call.Text("auto_pad", "NOTSET");
        var wanted = call.Ints("output_shape")?.TakeLast(rank).ToArray();
        if (wanted is null && mode is "SAME_UPPER" or "SAME_LOWER")
            wanted = [.. inputs.Zip(strides, (size, stride) => size * stride)];
        if (extra.Length != rank || (wanted?.Length ?? rank) != rank)
            throw call.Fault($"gives output_padding or output_shape for another number of axes than {rank}");
        if (wanted is not null)
        {
            var totals = full.Select((size, axis) => Math.Max(size + extra[axis] - wanted[axis], 0)).ToArray();
            return (Array.ConvertAll(totals, total => mode == "SAME_UPPER" ? total / 2 : total - total / 2), wanted);
        }
        var pads = mode == "NOTSET" ? call.Ints("pads") ?? new long[2 * rank] : new long[2 * rank];
        if (pads.Length != 2 * rank)
            throw call.Fault($"has {pads.Length} pads; {2 * rank} expected");
        return (pads[..rank], [.. full.Select((size, axis) => size + extra[axis] - pads[axis] - pads[axis + rank])]);
    }

    private static Tensor Cut(Tensor x, long axis, long start, long size)
    {
        var available = Math.Min(size, x.shape[axis] - start);
        var kept = x.narrow(axis, start, available);
        return available == size ? kept : cat([kept, zeros([.. kept.shape.Select((length, index) => index == axis ? size - available : length)], dtype: x.dtype, device: x.device)], axis);
    }
}
