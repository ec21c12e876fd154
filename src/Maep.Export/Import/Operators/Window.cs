using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>The window that a convolution or pooling moves over the last axes of [N, C, ...].</summary>
/// <param name="Kernel">Places on each axis.</param>
/// <param name="Strides">Steps of the window.</param>
/// <param name="Dilations">Steps between places.</param>
/// <param name="Begin">Padding before each axis.</param>
/// <param name="End">Padding behind each axis.</param>
internal sealed record Window(long[] Kernel, long[] Strides, long[] Dilations, long[] Begin, long[] End)
{
    /// <summary>Places from the first to the last of the window, on each axis.</summary>
    public long[] Extent => [.. Kernel.Zip(Dilations, (size, dilation) => (size - 1) * dilation + 1)];

    /// <summary>Whether both ends are padded alike.</summary>
    public bool IsSymmetric => Begin.SequenceEqual(End);

    /// <summary>The window of a node.</summary>
    /// <param name="call">Attributes strides, dilations, pads and auto_pad.</param>
    /// <param name="kernel">Places on each axis.</param>
    /// <param name="sizes">Of the axes that it moves over.</param>
    /// <exception cref="InvalidDataException">Attributes contradict each other, or no window fits.</exception>
    public static Window Of(OperatorCall call, long[] kernel, long[] sizes)
    {
        var rank = sizes.Length;
        if (rank is < 1 or > 3 || kernel.Length != rank)
            throw call.Fault($"has a kernel of {kernel.Length} axes over {rank}; one, two or three of both are supported");
        var strides = Each(call, "strides", rank, smallest: 1);
        var dilations = Each(call, "dilations", rank, smallest: 1);
        var (begin, end) = Padding(call, kernel, strides, dilations, sizes);
        var window = new Window(kernel, strides, dilations, begin, end);
        foreach (var (size, extent) in sizes.Select((size, axis) => size + begin[axis] + end[axis]).Zip(window.Extent))
        {
            if (extent > size || extent < 1)
                throw call.Fault($"moves a window of {extent} over {size} places, its padding among them");
        }
        return window;
    }

    /// <summary>Values with the padding around them.</summary>
    public Tensor Pad(OperatorCall call, Tensor x, double value)
    {
        call.Allow([.. x.shape.Take(2), .. x.shape.Skip(2).Select((size, axis) => size + Begin[axis] + End[axis])]);
        return Begin.Concat(End).All(size => size == 0) ? x
            : nn.functional.pad(x, [.. Begin.Zip(End).Reverse().SelectMany(pair => new[] { pair.First, pair.Second })], value: value);
    }

    /// <summary>An attribute with one number for each axis; 1 where the file gives none.</summary>
    public static long[] Each(OperatorCall call, string attribute, int rank, long smallest)
    {
        var values = call.Ints(attribute) ?? [.. Enumerable.Repeat(1L, rank)];
        return values.Length == rank && values.All(value => value >= smallest && value <= int.MaxValue) ? values
            : throw call.Fault($"has {attribute} [{string.Join(", ", values)}]; {rank} numbers from {smallest} on expected");
    }

    private static (long[] Begin, long[] End) Padding(OperatorCall call, long[] kernel, long[] strides, long[] dilations, long[] sizes)
    {
        var rank = sizes.Length;
        var mode = call.Text("auto_pad", "NOTSET");
        switch (mode)
        {
            case "NOTSET":
                var pads = call.Ints("pads") ?? new long[2 * rank];
                return pads.Length == 2 * rank && pads.All(pad => pad is >= 0 and <= int.MaxValue) ? (pads[..rank], pads[rank..])
                    : throw call.Fault($"has pads [{string.Join(", ", pads)}]; {2 * rank} numbers from 0 on expected");
            case "VALID":
                return (new long[rank], new long[rank]);
            case "SAME_UPPER" or "SAME_LOWER":
                // As many windows as steps fit into the axis; an odd place of padding comes last in "upper".
                var totals = sizes.Select((size, axis) => Math.Max(((size + strides[axis] - 1) / strides[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - size, 0)).ToArray();
                var smaller = Array.ConvertAll(totals, total => total / 2);
                var larger = Array.ConvertAll(totals, total => total - total / 2);
                return mode == "SAME_UPPER" ? (smaller, larger) : (larger, smaller);
            default:
                throw call.Fault($"has auto_pad '{mode}'; NOTSET, VALID, SAME_UPPER or SAME_LOWER expected");
        }
    }
}
