using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>
/// Shrinks each image to a random size and puts it at a random place on black (Xie et al., 2018). They enlarge 299 pixels to at most 331 and pad to 331; a purifier
/// keeps the size, so images shrink here in the same ratio. Every call draws anew, every image by itself; nearest pixels, as in theirs.
/// </summary>
public sealed class RandomResizePadding : UntrainedPurifier
{
    private readonly double _smallest;
    private readonly Generator _random;

    /// <param name="smallest">Smallest size as a share of the image's, in (0, 1); 299 / 331 is 0.9.</param>
    /// <param name="seed">Seed of the draws: the same calls in the same order draw the same.</param>
    /// <exception cref="ArgumentException">Another share.</exception>
    public RandomResizePadding(double smallest = 0.9, long seed = 0) : base(FormattableString.Invariant($"resize-pad:{smallest}"))
    {
        if (smallest is not (> 0 and < 1))
            throw new ArgumentException(FormattableString.Invariant($"Smallest size {smallest} must be a share between 0 and 1."));
        (_smallest, _random) = (smallest, new Generator((ulong)seed));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var scale = _smallest + ((1 - _smallest) * rand([input.shape[0], 1], generator: _random)); // [N, 1]
        var (rows, rowInside) = Source(input.shape[2], scale);
        var (columns, columnInside) = Source(input.shape[3], scale);
        var inside = rowInside.unsqueeze(2).logical_and(columnInside.unsqueeze(1)).unsqueeze(1); // [N, 1, H, W]
        var moved = input.gather(2, rows.unsqueeze(1).unsqueeze(3).expand(input.shape)).gather(3, columns.unsqueeze(1).unsqueeze(1).expand(input.shape));
        return (moved * inside).MoveToOuterDisposeScope();
    }

    // [N, length] each: which pixel of an axis stands at each place, and whether any does.
    private (Tensor Index, Tensor Inside) Source(long length, Tensor scale)
    {
        var size = (scale * length).round().clamp(1, length);
        var start = minimum((rand(scale.shape, generator: _random) * (length - size + 1)).floor(), length - size);
        var place = arange(length, ScalarType.Float32).unsqueeze(0) - start;
        return ((place * length / size).floor().clamp(0, length - 1).to(ScalarType.Int64), place.ge(0).logical_and(place.lt(size)));
    }
}
