using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>One search of FAB over a batch (Croce and Hein, 2020, algorithm 1).</summary>
internal sealed class FabWalk : Survivors
{
    private const double LargestPull = 0.1;   // alpha_max: how far a step may be drawn to the image
    private const double Overshoot = 1.05;    // eta: past the linearised boundary
    private const double BackStep = 0.9;      // beta: share of the perturbation kept after the boundary was crossed

    private readonly BoundedAttack _attack;
    private readonly AskedModel _model;

    private Tensor? _targets;                 // [n]
    private Tensor _current;                  // [n, C, H, W]

    /// <param name="attack">Its norm measures distances, its epsilon is the distance wanted.</param>
    /// <param name="model">Images to logits.</param>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="labels">[N].</param>
    /// <param name="targets">[N] when targeted; otherwise each step takes the class whose boundary is nearest.</param>
    /// <param name="streams">Draws the start of <see cref="Scatter"/>.</param>
    public FabWalk(BoundedAttack attack, AskedModel model, Tensor images, Tensor labels, Tensor? targets, ImageStreams streams)
        : base(images, labels, streams) =>
        (_attack, _model, _targets, _current) = (attack, model, targets?.alias(), images.clone());

    /// <summary>Starts at random points half of epsilon away.</summary>
    public void Scatter()
    {
        using var scope = NewDisposeScope();
        _current.copy_((Images + _attack.Norm.OnSphere(Streams, Images, _attack.Epsilon / 2)).clamp(0, 1));
    }

    /// <summary>One step over the boundary.</summary>
    /// <returns>[n], bool: fooled within epsilon.</returns>
    public Tensor Step()
    {
        var (gap, slope) = _targets is null ? NearestBoundary() : Boundary(_targets);
        var normals = slope.flatten(1);
        var (here, home) = (_current.flatten(1), Images.flatten(1));
        var fromHere = BoxProjection.Move(_attack.Norm, here, normals, gap);
        var fromHome = BoxProjection.Move(_attack.Norm, home, normals, gap + (normals * (home - here)).sum(1));

        var (hereLength, homeLength) = (Length(fromHere), Length(fromHome));
        var pull = (hereLength / (hereLength + homeLength)).clamp_max(LargestPull);
        var next = ((here + (Overshoot * fromHere)) * (1 - pull)) + ((home + (Overshoot * fromHome)) * pull);
        _current.copy_(next.clamp(0, 1).reshape(_current.shape));

        var crossed = _model.Fooled(_current, Labels, Streams);
        var fooled = crossed.logical_and(_attack.Norm.Measure(_current - Images).le(_attack.Epsilon));
        Record(fooled, _current);
        _current.copy_(where(crossed.reshape(-1, 1, 1, 1), Images + ((_current - Images) * BackStep), _current));
        return fooled;
    }

    protected override void Keep(Tensor staying)
    {
        base.Keep(staying);
        _targets = _targets is null ? null : Shrink(_targets, staying);
        _current = Shrink(_current, staying);
    }

    // Logit of a class less that of the label, [n], negative on the label's side, and its gradient [n, C, H, W].
    private (Tensor Gap, Tensor Slope) Boundary(Tensor classes)
    {
        var (_, gap, slope) = LossGradient.At(_model, _current, Streams, logits => AttackLoss.Of(logits, classes) - AttackLoss.Of(logits, Labels));
        return (gap, slope);
    }

    private (Tensor Gap, Tensor Slope) NearestBoundary()
    {
        var classes = _model.Scores(_current, Streams).shape[1];
        Tensor? nearest = null, gap = null, slope = null;
        for (var wrong = 0L; wrong < classes; wrong++)
        {
            var (otherGap, otherSlope) = Boundary(full_like(Labels, wrong));
            var distance = otherGap.abs() / _attack.Norm.DualMeasure(otherSlope).clamp_min(1e-12);
            distance = where(Labels.eq(wrong), full_like(distance, float.PositiveInfinity), distance);
            var nearer = nearest is null ? ones_like(Labels, ScalarType.Bool) : distance.lt(nearest);
            (nearest, gap) = (nearest is null ? distance : minimum(nearest, distance), gap is null ? otherGap : where(nearer, otherGap, gap));
            slope = slope is null ? otherSlope : where(nearer.reshape(-1, 1, 1, 1), otherSlope, slope);
        }
        return (gap!, slope!);
    }

    // [n, 1], and never 0, so that two moves of length 0 share the pull.
    private Tensor Length(Tensor moves) => _attack.Norm.Measure(moves).clamp_min(1e-8).unsqueeze(1);
}
