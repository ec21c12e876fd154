using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// RayS (Chen and Gu, 2020): looks for the direction of signs in which the decision boundary is nearest, flipping ever smaller blocks of signs, on decisions
/// alone; a <see cref="BlackBoxClassifier"/> of decisions will do. It draws nothing. Linf only.
/// </summary>
public sealed class RaysAttack : BoundedAttack
{
    private readonly RaysOptions _options;

    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public RaysAttack(RaysOptions options) : base(PerturbationNorm.Linf, options.Epsilon)
    {
        options.Validate();
        _options = options;
    }

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"RayS Linf epsilon {Epsilon * 255:0.###}/255, {_options.Queries} queries");

    /// <inheritdoc/>
    public override bool TakesGradients => false;

    /// <inheritdoc/>
    protected internal override SearchResult Search(AskedModel model, Tensor images, Tensor labels, ImageStreams streams)
    {
        var search = new RaySearch(model, Epsilon, _options.Queries, images, labels, streams);
        foreach (var block in RayBlocks.Of(images[0].numel()))
        {
            if (search.Count == 0)
                break;
            Tensor done;
            using (NewDisposeScope())
                done = search.Flip(block.Start, block.Length).MoveToOuterDisposeScope();
            search.Drop(done);
            done.Dispose();
        }
        return search.Result;
    }
}
