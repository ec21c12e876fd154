using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Pooling in windows, and over whole images.</summary>
internal static class Pooling
{
    public static IEnumerable<Operator> All =>
    [
        new("MaxPool", 1, call => MaxPool(call)),
        new("AveragePool", 1, call => AveragePool(call, call.X)),
        new("LpPool", 2, call => LpPool(call)),
        new("GlobalAveragePool", 1, call => call.X.mean(Spatial(call), keepdim: true)),
        new("GlobalMaxPool", 1, call => call.X.amax(Spatial(call), keepdim: true)),
        new("GlobalLpPool", 2, call => Norm(call, x => x.sum(Spatial(call), keepdim: true))),
    ];

    private static long[] Spatial(OperatorCall call) => call.X.dim() > 2 ? [.. Enumerable.Range(2, (int)call.X.dim() - 2).Select(axis => (long)axis)]
        : throw call.Fault($"pools values [{string.Join(", ", call.X.shape)}], which have no rows");

    private static Tensor?[] MaxPool(OperatorCall call)
    {
        var whole = !call.X.is_floating_point();
        var x = whole ? call.X.to(ScalarType.Float32) : call.X;
        var (_, ceiling) = PoolWindow(call, x);
        if (call.OutputCount > 1)
            return PoolPlaces.MaxPool(call, x, ceiling, whole);
        // libtorch pads by itself where both ends are alike and no window lies in the padding alone.
        var direct = ceiling.IsSymmetric && ceiling.Begin.Zip(ceiling.Extent).All(pair => 2 * pair.First <= pair.Second);
        var pooled = Planes(direct ? x : ceiling.Pad(call, x, double.NegativeInfinity), ceiling, (planes, sizes) => planes.dim() == 4
            ? nn.functional.max_pool2d(planes, sizes.Kernel, sizes.Strides, direct ? sizes.Begin : null, sizes.Dilations)
            : nn.functional.max_pool3d(planes, sizes.Kernel, sizes.Strides, direct ? sizes.Begin : null, sizes.Dilations));
        return [whole ? pooled.to(call.X.dtype) : pooled];
    }

    /// <summary>Means of windows with the attributes of a node.</summary>
    public static Tensor AveragePool(OperatorCall call, Tensor x)
    {
        var (window, ceiling) = PoolWindow(call, x);
        var included = call.Int("count_include_pad", 0) != 0;
        if (ceiling.Begin.Concat(ceiling.End).All(pad => pad == 0))
            return WindowSum(x, ceiling) / ceiling.Kernel.Aggregate(1L, (product, size) => product * size);
        // What is counted: every place, or those that hold a value; a window that leaves the padding counts no places outside.
        var counted = ones([1, 1, .. x.shape[2..]], dtype: x.dtype, device: x.device);
        if (included)
            counted = window.Pad(call, counted, 1);
        var rest = included ? ceiling with { Begin = new long[window.Begin.Length], End = [.. ceiling.End.Zip(window.End, (all, padding) => all - padding)] } : ceiling;
        return WindowSum(ceiling.Pad(call, x, 0), ceiling) / WindowSum(rest.Pad(call, counted, 0), ceiling);
    }

    private static Tensor LpPool(OperatorCall call)
    {
        var (_, ceiling) = PoolWindow(call, call.X);
        return Norm(call, x => WindowSum(ceiling.Pad(call, x, 0), ceiling));
    }

    private static Tensor Norm(OperatorCall call, Func<Tensor, Tensor> sum)
    {
        var p = call.Int("p", 2);
        return sum(call.X.abs().pow(p)).pow(1.0 / p);
    }

    // The window as the file says, and with what "ceil_mode" adds to its end: a last window that still starts inside.
    private static (Window Window, Window Ceiling) PoolWindow(OperatorCall call, Tensor x)
    {
        var sizes = x.dim() > 2 ? x.shape[2..] : throw call.Fault($"pools values [{string.Join(", ", x.shape)}], which have no rows");
        var window = Window.Of(call, call.Ints("kernel_shape") ?? throw call.Fault("gives no kernel_shape"), sizes);
        if (call.Int("ceil_mode", 0) == 0)
            return (window, window);
        var end = window.End.ToArray();
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            var (stride, begin) = (window.Strides[axis], window.Begin[axis]);
            var last = (sizes[axis] + begin + end[axis] - window.Extent[axis] + stride - 1) / stride * stride;
            if (last >= sizes[axis] + begin)
                last -= stride;
            end[axis] = Math.Max(end[axis], last + window.Extent[axis] - sizes[axis] - begin);
        }
        return (window, window with { End = end });
    }

    private static Tensor WindowSum(Tensor padded, Window window)
    {
        if (window.Dilations.All(dilation => dilation == 1))
        {
            return Planes(padded, window, (planes, sizes) => planes.dim() == 4
                ? nn.functional.avg_pool2d(planes, sizes.Kernel, sizes.Strides, divisor_override: 1)
                : nn.functional.avg_pool3d(planes, sizes.Kernel, sizes.Strides, divisor_override: 1));
        }
        return Planes(padded, window, (planes, sizes) =>
        {
            var each = planes.reshape([-1, 1, .. planes.shape[2..]]);
            var kernel = ones([1, 1, .. sizes.Kernel], dtype: planes.dtype, device: planes.device);
            var sums = planes.dim() == 4
                ? nn.functional.conv2d(each, kernel, strides: sizes.Strides, dilation: sizes.Dilations)
                : nn.functional.conv3d(each, kernel, strides: sizes.Strides, dilation: sizes.Dilations);
            return sums.reshape([.. planes.shape[..2], .. sums.shape[2..]]);
        });
    }

    // One axis is pooled as two of which the first has one place.
    private static Tensor Planes(Tensor x, Window window, Func<Tensor, Window, Tensor> pool) => x.dim() > 3
        ? pool(x, window)
        : pool(x.unsqueeze(2), new Window([1, .. window.Kernel], [1, .. window.Strides], [1, .. window.Dilations], [0, .. window.Begin], [0, .. window.End])).squeeze(2);
}
