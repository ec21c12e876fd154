using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Images in another size, in every coordinate system of the standard: each axis by itself, as a sum of weighted places.</summary>
internal static class Resizing
{
    public static IEnumerable<Operator> All =>
    [
        new("Upsample", 7, call => Simple(call, call.Floats("scales") is { } scales ? Array.ConvertAll(scales, scale => (double)scale) : throw call.Fault("gives no scales"))),
        new("Upsample", 9, call => Simple(call, call.OptionalDoubles(1) ?? [])),
        new("Resize", 10, call => Simple(call, call.OptionalDoubles(1) ?? [])),
        new("Resize", 11, call => Resize(call)),
    ];

    // Before opset 11 there is one coordinate system, and a place is cut downwards, or upwards where the axis shrinks.
    private static Tensor Simple(OperatorCall call, double[] scales)
    {
        var mode = call.Text("mode", "nearest");
        var axes = Enumerable.Range(0, (int)call.X.dim()).Select(axis => (long)axis).ToArray();
        if (scales.Length != axes.Length)
            throw call.Fault($"has {scales.Length} scales for {axes.Length} axes");
        return Apply(call, axes, [.. scales.Select((scale, axis) => new ResizedAxis(call.X.shape[axis], (long)Math.Floor(call.X.shape[axis] * scale), scale)
        {
            Mode = mode == "bilinear" ? "linear" : mode,
            Coordinates = "asymmetric",
            Nearest = scale < 1 ? "ceil" : "floor",
        })]);
    }

    private static Tensor Resize(OperatorCall call)
    {
        var shape = call.X.shape;
        long[] axes = call.Ints("axes") is { } given ? [.. given.Select(axis => call.Axis(axis, shape.Length))] : [.. Enumerable.Range(0, shape.Length).Select(axis => (long)axis)];
        var (sizes, scales) = Sizes(call, axes);
        var region = call.OptionalDoubles(1);
        var crops = call.Text("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize";
        if (crops && region?.Length != 2 * axes.Length)
            throw call.Fault($"crops without a region of {2 * axes.Length} numbers as input 1");
        return Apply(call, axes, [.. axes.Select((axis, index) => new ResizedAxis(shape[axis], sizes[index], scales[index])
        {
            Mode = call.Text("mode", "nearest"),
            Coordinates = call.Text("coordinate_transformation_mode", "half_pixel"),
            Nearest = call.Text("nearest_mode", "round_prefer_floor"),
            CubicCoefficient = call.Float("cubic_coeff_a", -0.75f),
            ExcludesOutside = call.Int("exclude_outside", 0) != 0,
            Antialias = call.Int("antialias", 0) != 0,
            Region = crops ? (region![index], region[index + axes.Length]) : (0, 1),
        })], crops ? call.Float("extrapolation_value", 0) : null);
    }

    private static (long[] Sizes, double[] Scales) Sizes(OperatorCall call, long[] axes)
    {
        var lengths = Array.ConvertAll(axes, axis => call.X.shape[axis]);
        if (call.OptionalDoubles(2) is { Length: > 0 } scales)
        {
            return scales.Length == axes.Length ? ([.. lengths.Zip(scales, (length, scale) => (long)Math.Floor(length * scale))], scales)
                : throw call.Fault($"has {scales.Length} scales for {axes.Length} axes");
        }
        if (call.OptionalLongs(3) is not { } sizes || sizes.Length != axes.Length)
            throw call.Fault($"has neither scales nor sizes for {axes.Length} axes");
        // A batch of 1 that is baked into the sizes follows the images.
        sizes = [.. sizes.Select((size, index) => axes[index] == 0 && call.BatchRatio > 1 && size == 1 ? lengths[index] : size)];
        var each = lengths.Zip(sizes, (length, size) => (double)size / length).ToArray();
        switch (call.Text("keep_aspect_ratio_policy", "stretch"))
        {
            case "stretch": return (sizes, each);
            case "not_larger": return Same(each.Min());
            case "not_smaller": return Same(each.Max());
            default: throw call.Fault($"has the policy '{call.Text("keep_aspect_ratio_policy", "")}'; stretch, not_larger or not_smaller expected");
        }

        (long[] Sizes, double[] Scales) Same(double scale) =>
            ([.. lengths.Select(length => (long)Math.Floor(length * scale + 0.5))], [.. lengths.Select(_ => scale)]);
    }

    private static Tensor Apply(OperatorCall call, long[] axes, ResizedAxis[] plans, float? outside = null)
    {
        var result = call.X;
        var target = result.shape;
        foreach (var (axis, plan) in axes.Zip(plans))
            target[axis] = plan.Size;
        call.Allow(target);
        foreach (var (axis, plan) in axes.Zip(plans).Where(pair => !pair.Second.IsIdentity))
        {
            if (plan.Fault is { } fault)
                throw call.Fault(fault);
            call.Allow(plan.Length, plan.Mode == "nearest" ? 1 : plan.Size);
            result = plan.Mode == "nearest"
                ? result.index_select(axis, tensor(plan.Places(), device: result.device))
                : Weighted(result, axis, plan);
            if (outside is { } value && plan.Outside() is var places && places.Contains(true))
            {
                long[] row = [.. Enumerable.Range(0, (int)result.dim()).Select(index => index == axis ? plan.Size : 1)];
                result = where(tensor(places, device: result.device).reshape(row), full_like(result, value), result);
            }
        }
        return result;
    }

    private static Tensor Weighted(Tensor x, long axis, ResizedAxis plan)
    {
        using var weights = tensor(plan.Weights(), [plan.Size, plan.Length]).to(x.is_floating_point() ? x.dtype : ScalarType.Float32, x.device);
        return x.to(weights.dtype).transpose(axis, -1).matmul(weights.t()).transpose(axis, -1).to(x.dtype);
    }
}
