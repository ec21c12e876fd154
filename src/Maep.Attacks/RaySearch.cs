using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>Blocks of signs that RayS flips: all, then both halves, then the quarters, and so on without end.</summary>
internal static class RayBlocks
{
    /// <param name="length">Values of one image.</param>
    public static IEnumerable<(long Start, long Length)> Of(long length)
    {
        for (var blocks = 1L; ; blocks = Math.Min(2 * blocks, length))
        {
            var size = (length + blocks - 1) / blocks;
            for (var start = 0L; start < length; start += size)
                yield return (start, Math.Min(size, length - start));
        }
    }
}

/// <summary>One search of RayS over a batch: per image the best direction of signs and the distance at which it crosses the boundary.</summary>
internal sealed class RaySearch : Survivors
{
    private const double Tolerance = 1e-3; // of the binary search, as an L2 length in the original

    private readonly AskedModel _model;
    private readonly double _epsilon;
    private readonly int _queryLimit;
    private readonly double _tolerance;

    private Tensor _signs;      // [n, D]
    private Tensor _radius;     // [n], infinity before the boundary was crossed
    private Tensor _queries;    // [n]

    public RaySearch(AskedModel model, double epsilon, int queryLimit, Tensor images, Tensor labels, ImageStreams streams) : base(images, labels, streams)
    {
        (_model, _epsilon, _queryLimit) = (model, epsilon, queryLimit);
        _signs = ones_like(images).flatten(1);
        _tolerance = Tolerance / Math.Sqrt(_signs.shape[1]);
        _radius = full(images.shape[0], float.PositiveInfinity, device: images.device);
        _queries = zeros_like(labels);
    }

    /// <summary>Tries the best direction with one block of signs flipped.</summary>
    /// <returns>[n], bool: fooled within epsilon, or out of queries.</returns>
    public Tensor Flip(long start, long length)
    {
        var attempt = _signs.clone();
        attempt.narrow(1, start, length).neg_();
        var reach = _radius.clamp_max(1); // 1 reaches a corner of the pixel range
        var crossed = Crosses(attempt, reach, arange(Count, ScalarType.Int64, Images.device)).nonzero().squeeze(1);
        if (crossed.shape[0] > 0)
            Shorten(attempt, reach, crossed);

        var adversarial = At(_signs, _radius.clamp_max(1), Images);
        var fooled = _radius.isfinite().logical_and(PerturbationNorm.Linf.Measure(adversarial - Images).le(_epsilon));
        Record(fooled, adversarial);
        return fooled.logical_or(_queries.ge(_queryLimit));
    }

    protected override void Keep(Tensor staying)
    {
        base.Keep(staying);
        _signs = Shrink(_signs, staying);
        _radius = Shrink(_radius, staying);
        _queries = Shrink(_queries, staying);
    }

    // Binary search along the attempted directions of the rows that cross the boundary within reach.
    private void Shorten(Tensor attempt, Tensor reach, Tensor rows)
    {
        var (near, far) = (zeros_like(reach), reach.clone());
        for (var open = rows; open.shape[0] > 0;)
        {
            var middle = (near + far) / 2;
            var across = Crosses(attempt, middle, open);
            var (inner, outer) = (open.index_select(0, across.nonzero().squeeze(1)), open.index_select(0, across.logical_not().nonzero().squeeze(1)));
            far.index_copy_(0, inner, middle.index_select(0, inner));
            near.index_copy_(0, outer, middle.index_select(0, outer));
            open = open.index_select(0, (far - near).index_select(0, open).gt(_tolerance).nonzero().squeeze(1));
        }
        var better = far.lt(_radius).logical_and(zeros_like(Labels, ScalarType.Bool).index_fill(0, rows, true));
        _signs.copy_(where(better.unsqueeze(1), attempt, _signs));
        _radius.copy_(where(better, far, _radius));
    }

    // [m], bool: the images of these rows are misclassified at a distance along their directions; costs each a query.
    private Tensor Crosses(Tensor directions, Tensor distances, Tensor rows)
    {
        _queries.index_add_(0, rows, ones_like(rows), 1);
        var images = At(directions.index_select(0, rows), distances.index_select(0, rows), Images.index_select(0, rows));
        return _model.Fooled(images, Labels.index_select(0, rows), Streams.Select(rows));
    }

    private static Tensor At(Tensor signs, Tensor distances, Tensor images) =>
        (images + (signs * distances.unsqueeze(1)).reshape(images.shape)).clamp(0, 1);
}
