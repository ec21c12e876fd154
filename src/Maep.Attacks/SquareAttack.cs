using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// Square attack (Andriushchenko et al., 2020): random search with squares that shrink, on scores alone; no gradient is taken, so a
/// <see cref="BlackBoxClassifier"/> will do. Each image draws its own squares, where the original draws one for the whole batch.
/// </summary>
public sealed class SquareAttack : BoundedAttack
{
    private readonly SquareOptions _options;
    private readonly ISquareMoves _moves;

    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public SquareAttack(SquareOptions options) : base(options.Norm, options.Epsilon)
    {
        options.Validate();
        _options = options;
        _moves = options.Norm == PerturbationNorm.L2 ? new L2SquareMoves(options.Epsilon) : new LinfSquareMoves(options.Epsilon);
    }

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture,
        $"Square {Norm} epsilon {Epsilon * 255:0.###}/255, {_options.Queries} queries, {_options.Restarts} {(_options.Restarts == 1 ? "start" : "starts")}");

    /// <inheritdoc/>
    public override bool TakesGradients => false;

    /// <inheritdoc/>
    protected internal override SearchResult Search(AskedModel model, Tensor images, Tensor labels, ImageStreams streams) =>
        OnSurvivors(images, labels, streams, _options.Restarts, (_, _, some, someLabels, someStreams) => Try(model, some, someLabels, someStreams));

    private SearchResult Try(AskedModel model, Tensor images, Tensor labels, ImageStreams streams)
    {
        var search = new SquareSearch(_moves, model, images, labels, streams);
        var pixels = images.shape[2] * images.shape[3];
        for (var query = 0; query <= _options.Queries && search.Count > 0; query++)
        {
            Tensor fooled;
            using (NewDisposeScope())
            {
                fooled = (query == 0 ? search.Start() : search.Query(query, Math.Sqrt(_options.Share(query - 1) * pixels))).MoveToOuterDisposeScope();
                search.Record(fooled);
            }
            search.Drop(fooled);
            fooled.Dispose();
        }
        return search.Result;
    }
}
