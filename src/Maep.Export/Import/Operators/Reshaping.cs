using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>The same values in another shape, and shapes themselves.</summary>
internal static class Reshaping
{
    public static IEnumerable<Operator> All =>
    [
        new("Identity", 1, call => call.X),
        new("Reshape", 5, call => Reshape(call, call.Longs(1))),
        new("Flatten", 1, call => Flatten(call)),
        new("Transpose", 1, call => Transpose(call)),
        new("Squeeze", 1, call => Squeeze(call, call.Ints("axes"))),
        new("Squeeze", 13, call => Squeeze(call, call.OptionalLongs(1))),
        new("Unsqueeze", 1, call => Unsqueeze(call, call.Ints("axes") ?? throw call.Fault("gives no axes"))),
        new("Unsqueeze", 13, call => Unsqueeze(call, call.Longs(1))),
        new("Expand", 8, call => Expand(call, call.Longs(1))),
        new("Tile", 6, call => Tile(call, call.Longs(1))),
        new("DepthToSpace", 1, call => DepthToSpace(call)),
        new("SpaceToDepth", 1, call => SpaceToDepth(call)),
        new("Shape", 1, call => Shape(call)) { ReadsShapeOnly = true },
        new("Size", 1, call => tensor(call.X.numel())) { ReadsShapeOnly = true },
        new("Dropout", 1, call => [call.X, ones_like(call.X, ScalarType.Bool)]), // training only; nothing is dropped here
    ];

    private static Tensor Reshape(OperatorCall call, long[] target)
    {
        var x = call.X;
        var zeros = call.Int("allowzero", 0) != 0;
        var shape = target.Select((size, axis) => size == 0 && !zeros ? axis < x.dim() ? x.shape[axis] : throw call.Fault($"keeps the axis {axis}; {x.dim()} are there") : size).ToArray();
        return x.reshape(FollowBatch(call, shape, target));
    }

    // Where a batch of 1 is baked into the target, the first axis takes the images that come now.
    private static long[] FollowBatch(OperatorCall call, long[] shape, long[] target)
    {
        var ratio = call.BatchRatio;
        if (ratio == 1 || shape.Length == 0 || shape[0] < 0 || target[0] == 0)
            return shape;
        var open = shape.Contains(-1);
        if (open ? shape[0] == 1 : call.X.numel() == ratio * shape.Aggregate(1L, (product, size) => product * size))
            shape[0] *= ratio;
        return shape;
    }

    private static Tensor Flatten(OperatorCall call)
    {
        var shape = call.X.shape;
        var axis = call.Int("axis", 1);
        if (axis < -shape.Length || axis > shape.Length)
            throw call.Fault($"has the axis {axis}; {shape.Length} axes are there");
        var before = shape[..(int)(axis < 0 ? axis + shape.Length : axis)];
        return call.X.reshape(before.Aggregate(1L, (product, size) => product * size), shape[before.Length..].Aggregate(1L, (product, size) => product * size));
    }

    private static Tensor Transpose(OperatorCall call)
    {
        long[] order = call.Ints("perm") ?? [.. Enumerable.Range(0, (int)call.X.dim()).Reverse().Select(axis => (long)axis)];
        return call.X.permute(order);
    }

    private static Tensor Squeeze(OperatorCall call, long[]? axes)
    {
        var shape = call.X.shape;
        // Without axes, the batch stays even where one image makes it an axis of one place.
        axes ??= [.. Enumerable.Range(0, shape.Length).Where(axis => shape[axis] == 1).Select(axis => (long)axis)];
        var removed = axes.Select(axis => call.Axis(axis, shape.Length)).ToHashSet();
        if (removed.FirstOrDefault(axis => shape[axis] != 1 && !(axis == 0 && call.BatchRatio > 1), -1) is >= 0 and var wrong)
            throw call.Fault($"removes the axis {wrong} of [{string.Join(", ", shape)}], which has more than one place");
        return call.X.reshape([.. shape.Where((size, axis) => !removed.Contains(axis) || size != 1)]);
    }

    private static Tensor Unsqueeze(OperatorCall call, long[] axes)
    {
        var rank = call.X.dim() + axes.Length;
        var added = axes.Select(axis => call.Axis(axis, rank)).ToHashSet();
        if (added.Count != axes.Length)
            throw call.Fault($"adds an axis twice: [{string.Join(", ", axes)}]");
        return added.Order().Aggregate(call.X, (x, axis) => x.unsqueeze(axis));
    }

    private static Tensor Expand(OperatorCall call, long[] target)
    {
        var shape = call.X.shape;
        var rank = Math.Max(shape.Length, target.Length);
        long Size(long[] sizes, int place) => place <= sizes.Length ? sizes[^place] : 1;
        var sizes = Enumerable.Range(1, rank).Reverse().Select(place => Size(shape, place) == 1 ? Size(target, place) : Size(shape, place)).ToArray();
        return call.X.expand(call.Allow(sizes));
    }

    private static Tensor Tile(OperatorCall call, long[] repeats)
    {
        if (repeats.Length != call.X.dim() || repeats.Any(count => count < 0))
            throw call.Fault($"repeats [{string.Join(", ", repeats)}] times; {call.X.dim()} numbers from 0 on expected");
        call.Allow([.. call.X.shape.Zip(repeats, (size, count) => checked(size * count))]);
        return repeats.Length == 0 ? call.X : call.X.repeat(repeats);
    }

    private static Tensor Shape(OperatorCall call)
    {
        var rank = call.X.dim();
        long Place(string attribute, long standard) => Math.Clamp(call.Int(attribute, standard) is < 0 and var place ? place + rank : call.Int(attribute, standard), 0, rank);
        var (start, end) = ((int)Place("start", 0), (int)Place("end", rank));
        return tensor(start < end ? call.X.shape[start..end] : []);
    }

    private static Tensor DepthToSpace(OperatorCall call)
    {
        var (n, c, h, w, block) = Blocks(call);
        if (c % (block * block) != 0)
            throw call.Fault($"splits {c} channels into blocks of {block}x{block}");
        return call.Text("mode", "DCR") == "DCR"
            ? call.X.reshape(n, block, block, c / (block * block), h, w).permute(0, 3, 4, 1, 5, 2).reshape(n, c / (block * block), h * block, w * block)
            : call.X.reshape(n, c / (block * block), block, block, h, w).permute(0, 1, 4, 2, 5, 3).reshape(n, c / (block * block), h * block, w * block);
    }

    private static Tensor SpaceToDepth(OperatorCall call)
    {
        var (n, c, h, w, block) = Blocks(call);
        return call.X.reshape(n, c, h / block, block, w / block, block).permute(0, 3, 5, 1, 2, 4).reshape(n, c * block * block, h / block, w / block);
    }

    private static (long N, long C, long H, long W, long Block) Blocks(OperatorCall call)
    {
        var (shape, block) = (call.X.shape, call.Int("blocksize", 0));
        return shape.Length == 4 && block is >= 1 and < 1 << 12 ? (shape[0], shape[1], shape[2], shape[3], block)
            : throw call.Fault($"moves blocks of {block} in [{string.Join(", ", shape)}]; four axes expected");
    }
}
