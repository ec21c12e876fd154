using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>One search of projected gradient descent over a batch.</summary>
internal sealed class PgdAscent : Survivors
{
    private readonly AskedModel _model;
    private readonly PgdOptions _options;

    private Tensor _adversarial;  // [n, C, H, W]
    private Tensor? _accumulated; // [n, C, H, W]

    public PgdAscent(AskedModel model, PgdOptions options, Tensor images, Tensor labels, ImageStreams streams) : base(images, labels, streams)
    {
        (_model, _options) = (model, options);
        _adversarial = options.RandomStart ? Constrain(images + options.Norm.Sample(images, options.Epsilon, streams)) : images.clone();
        _accumulated = options.Momentum > 0 ? zeros_like(images) : null;
    }

    /// <summary>Goes to the end.</summary>
    /// <returns>[N, C, H, W]: for each image where it fooled the model, if it was to stop there, or its last step.</returns>
    public Tensor Run()
    {
        for (var step = 0; step < _options.Steps && Count > 0; step++)
            Step();
        if (Count > 0)
            Record(ones_like(Labels, ScalarType.Bool), _adversarial);
        return Result.Images;
    }

    protected override void Keep(Tensor staying)
    {
        base.Keep(staying);
        _adversarial = Shrink(_adversarial, staying);
        _accumulated = _accumulated is null ? null : Shrink(_accumulated, staying);
    }

    private void Step()
    {
        Tensor fooled;
        using (NewDisposeScope())
        {
            var (logits, _, gradient) = LossGradient.At(_model, _adversarial, Streams, logits => _options.Loss == PgdLoss.Margin ? -AttackLoss.Margin(logits, Labels) : AttackLoss.CrossEntropy(logits, Labels));
            if (_accumulated is not null)
            {
                _accumulated.mul_(_options.Momentum).add_(gradient / gradient.abs().mean([1, 2, 3], keepdim: true).clamp_min(1e-12)); // the scale cancels in Ascent
                gradient = _accumulated;
            }
            fooled = Decision.Fooled(logits, Labels).MoveToOuterDisposeScope();
            if (_options.StopWhenFooled)
                Record(fooled, _adversarial); // where the model was asked, not where the step leads
            _adversarial.copy_(Constrain(_adversarial + (_options.StepSize * _options.Norm.Ascent(gradient))));
        }
        if (_options.StopWhenFooled)
            Drop(fooled);
        fooled.Dispose();
    }

    private Tensor Constrain(Tensor candidate) => _options.Norm.Constrain(candidate, Images, _options.Epsilon);
}
