using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// Fast adaptive boundary attack, FAB and FAB-T (Croce and Hein, 2020): walks to the nearest point across the linearised decision boundary while being
/// drawn to the image. It minimises the distance, so epsilon only decides what counts; an image leaves once it is fooled within epsilon.
/// </summary>
public sealed class FastAdaptiveBoundary : BoundedAttack
{
    private readonly FabOptions _options;

    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public FastAdaptiveBoundary(FabOptions options) : base(options.Norm, options.Epsilon)
    {
        options.Validate();
        _options = options;
    }

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture,
        $"{(_options.Targeted ? "FAB-T" : "FAB")} {Norm} epsilon {Epsilon * 255:0.###}/255, {_options.Steps} steps, {_options.Restarts} {(_options.Restarts == 1 ? "start" : "starts")}{(_options.Targeted ? $", {_options.TargetClasses} target classes" : "")}");

    /// <inheritdoc/>
    protected internal override SearchResult Search(AskedModel model, Tensor images, Tensor labels, ImageStreams streams)
    {
        var targets = _options.Targeted ? TargetClasses.MostLikely(model.Scores(images, streams), labels, _options.TargetClasses) : null;
        var classes = targets is null ? 1 : (int)targets.shape[1];
        return OnSurvivors(images, labels, streams, classes * _options.Restarts, (number, rows, some, someLabels, someStreams) =>
        {
            var walk = new FabWalk(this, model, some, someLabels, targets?.index_select(0, rows).select(1, number / _options.Restarts), someStreams);
            return Walk(walk, fromImage: number % _options.Restarts == 0);
        });
    }

    private SearchResult Walk(FabWalk walk, bool fromImage)
    {
        if (!fromImage)
            walk.Scatter();
        for (var step = 0; step < _options.Steps && walk.Count > 0; step++)
        {
            Tensor fooled;
            using (NewDisposeScope())
                fooled = walk.Step().MoveToOuterDisposeScope();
            walk.Drop(fooled);
            fooled.Dispose();
        }
        return walk.Result;
    }
}
