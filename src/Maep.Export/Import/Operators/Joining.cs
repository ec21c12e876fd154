using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Tensors put together and taken apart along an axis.</summary>
internal static class Joining
{
    public static IEnumerable<Operator> All =>
    [
        new("Concat", 4, call => Concat(call, call.Has("axis") ? call.Int("axis", 0) : throw call.Fault("gives no axis"))),
        new("Split", 2, call => Split(call, call.Ints("split"))),
        new("Split", 13, call => Split(call, call.OptionalLongs(1))),
    ];

    private static Tensor Concat(OperatorCall call, long axis)
    {
        var parts = call.Inputs();
        axis = call.Axis(axis, parts[0].dim());
        // A constant for the one image that is baked into the graph goes with each of those that come now.
        if (call.BatchRatio > 1 && axis > 0)
            parts = Array.ConvertAll(parts, part => part.shape[0] == 1 ? part.expand([call.BatchRatio, .. part.shape[1..]]) : part);
        return cat(parts, axis);
    }

    private static Tensor?[] Split(OperatorCall call, long[]? sizes)
    {
        var axis = call.Axis(call.Int("axis", 0), call.X.dim());
        var (length, parts) = (call.X.shape[axis], call.Int("num_outputs", call.OutputCount));
        if (sizes is null)
        {
            if (parts < 1 || parts > NetworkLimits.LargestShape)
                throw call.Fault($"splits into {parts} parts");
            var part = (length + parts - 1) / parts; // the last one may be smaller
            sizes = [.. Enumerable.Range(0, (int)parts).Select(index => Math.Clamp(length - index * part, 0, part))];
        }
        return sizes.All(size => size >= 0) && sizes.Sum() == length ? call.X.split(sizes, axis)
            : throw call.Fault($"splits {length} places into [{string.Join(", ", sizes)}]");
    }
}
