using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>How the square attack starts and moves in one norm.</summary>
internal interface ISquareMoves
{
    /// <summary>First candidates.</summary>
    /// <param name="images">[n, C, H, W].</param>
    /// <param name="streams">Randomness of each image.</param>
    Tensor Start(Tensor images, ImageStreams streams);

    /// <summary>Candidates that differ from the best ones in a square.</summary>
    /// <param name="images">[n, C, H, W], clean.</param>
    /// <param name="best">[n, C, H, W].</param>
    /// <param name="side">Side wanted, pixels.</param>
    /// <param name="streams">Randomness of each image for this query.</param>
    Tensor Propose(Tensor images, Tensor best, double side, ImageStreams streams);
}

/// <summary>One search of the square attack over a batch: a candidate stays when it lowers the margin.</summary>
internal sealed class SquareSearch(ISquareMoves moves, AskedModel model, Tensor images, Tensor labels, ImageStreams streams) : Survivors(images, labels, streams)
{
    private Tensor _best = images.clone();                                                   // [n, C, H, W]
    private Tensor _margin = full_like(images.select(1, 0).select(1, 0).select(1, 0), float.PositiveInfinity); // [n]

    /// <returns>[n], bool: fooled.</returns>
    public Tensor Start() => Take(moves.Start(Images, Streams.Fork(0)));

    /// <param name="number">Number of the query, from 1.</param>
    /// <param name="side">Side of the square, pixels.</param>
    /// <returns>[n], bool: fooled.</returns>
    public Tensor Query(int number, double side) => Take(moves.Propose(Images, _best, side, Streams.Fork(number)));

    /// <summary>Keeps fooled images where they are now.</summary>
    public void Record(Tensor fooled) => Record(fooled, _best);

    protected override void Keep(Tensor staying)
    {
        base.Keep(staying);
        _best = Shrink(_best, staying);
        _margin = Shrink(_margin, staying);
    }

    private Tensor Take(Tensor candidates)
    {
        var scores = model.Scores(candidates, Streams);
        var (margin, fooled) = (AttackLoss.Margin(scores, Labels), Decision.Fooled(scores, Labels)); // a margin of 0 fools nobody by itself
        var better = margin.lt(_margin).logical_or(fooled);
        _best.copy_(where(better.reshape(-1, 1, 1, 1), candidates, _best));
        _margin.copy_(where(better, margin, _margin));
        return fooled;
    }
}
