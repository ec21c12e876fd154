using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>One search of Auto-PGD over a batch: momentum, best points and step sizes, all per image (Croce and Hein, 2020, algorithm 1).</summary>
internal sealed class ApgdAscent : Survivors
{
    private const double Inertia = 0.75; // share of the new step; the rest is the step before

    private readonly AskedModel _model;
    private readonly BoundedAttack _attack;
    private readonly Func<Tensor, Tensor, Tensor?, Tensor> _loss;

    private Tensor? _targets;                                    // [n]
    private Tensor _adversarial, _previous, _best;               // [n, C, H, W]
    private Tensor _gradient, _bestGradient;                     // [n, C, H, W]
    private Tensor _lastLoss, _bestLoss, _bestLossAtCheckpoint;     // [n]
    private Tensor _rises, _halved, _stepSize;                   // [n]

    /// <param name="attack">Its norm and epsilon bound the search.</param>
    /// <param name="model">Images to logits.</param>
    /// <param name="loss">Logits, labels and targets to one value per image.</param>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="labels">[N].</param>
    /// <param name="targets">[N] when targeted.</param>
    /// <param name="streams">Draws the start.</param>
    public ApgdAscent(BoundedAttack attack, AskedModel model, Func<Tensor, Tensor, Tensor?, Tensor> loss, Tensor images, Tensor labels, Tensor? targets, ImageStreams streams)
        : base(images, labels, streams)
    {
        (_attack, _model, _loss, _targets) = (attack, model, loss, targets?.alias());
        _adversarial = (images + attack.Norm.OnSphere(streams, images, attack.Epsilon)).clamp(0, 1);
        (_previous, _best) = (_adversarial.clone(), _adversarial.clone());
        (_gradient, _bestGradient) = (zeros_like(images), zeros_like(images));
        _lastLoss = zeros(images.shape[0], device: images.device); // the original compares the first loss with 0
        _bestLoss = full_like(_lastLoss, float.NegativeInfinity);
        _bestLossAtCheckpoint = _bestLoss.clone();
        _rises = zeros_like(_lastLoss);
        _halved = ones_like(_lastLoss, ScalarType.Bool);
        _stepSize = full_like(_lastLoss, 2 * attack.Epsilon);
    }

    /// <summary>Takes the start as the best point so far.</summary>
    /// <returns>[n], bool: fooled.</returns>
    public Tensor Start()
    {
        var (fooled, values) = Look();
        Remember(values);
        _bestLossAtCheckpoint.copy_(_bestLoss);
        return fooled;
    }

    /// <summary>One step and a look at where it led.</summary>
    /// <param name="first">The first step has no step before it.</param>
    /// <returns>[n], bool: fooled.</returns>
    public Tensor Step(bool first)
    {
        var share = first ? 1 : Inertia;
        var climbed = Constrain(_adversarial + (PerImage(_stepSize) * _attack.Norm.Ascent(_gradient)));
        var next = Constrain(_adversarial + ((climbed - _adversarial) * share) + ((_adversarial - _previous) * (1 - share)));
        _previous.copy_(_adversarial);
        _adversarial.copy_(next);

        var (fooled, values) = Look();
        _rises.add_(values.gt(_lastLoss));
        _lastLoss.copy_(values);
        Remember(values);
        return fooled;
    }

    /// <summary>Halves the step size of images whose loss rose too seldom, or not at all since the last checkpoint although the step stayed; they go back to their best point.</summary>
    /// <param name="window">Steps since the last checkpoint.</param>
    public void Check(int window)
    {
        var still = _halved.logical_not().logical_and(_bestLossAtCheckpoint.ge(_bestLoss));
        var halve = _rises.le(ApgdSchedule.Progress * window).logical_or(still);
        _halved.copy_(halve);
        _bestLossAtCheckpoint.copy_(_bestLoss);
        _rises.zero_();
        _stepSize.copy_(where(halve, _stepSize / 2, _stepSize));
        _adversarial.copy_(where(PerImage(halve), _best, _adversarial));
        _gradient.copy_(where(PerImage(halve), _bestGradient, _gradient));
    }

    /// <summary>Keeps fooled images where they are now.</summary>
    public void Record(Tensor fooled) => Record(fooled, _adversarial);

    protected override void Keep(Tensor staying)
    {
        base.Keep(staying);
        _targets = _targets is null ? null : Shrink(_targets, staying);
        _adversarial = Shrink(_adversarial, staying);
        _previous = Shrink(_previous, staying);
        _best = Shrink(_best, staying);
        _gradient = Shrink(_gradient, staying);
        _bestGradient = Shrink(_bestGradient, staying);
        _lastLoss = Shrink(_lastLoss, staying);
        _bestLoss = Shrink(_bestLoss, staying);
        _bestLossAtCheckpoint = Shrink(_bestLossAtCheckpoint, staying);
        _rises = Shrink(_rises, staying);
        _halved = Shrink(_halved, staying);
        _stepSize = Shrink(_stepSize, staying);
    }

    private (Tensor Fooled, Tensor Values) Look()
    {
        var (logits, values, gradient) = LossGradient.At(_model, _adversarial, Streams, logits => _loss(logits, Labels, _targets));
        _gradient.copy_(gradient);
        return (Decision.Fooled(logits, Labels), values);
    }

    private void Remember(Tensor values)
    {
        var better = values.gt(_bestLoss);
        _best.copy_(where(PerImage(better), _adversarial, _best));
        _bestGradient.copy_(where(PerImage(better), _gradient, _bestGradient));
        _bestLoss.copy_(where(better, values, _bestLoss));
    }

    private Tensor Constrain(Tensor candidate) => _attack.Norm.Constrain(candidate, Images, _attack.Epsilon);

    private static Tensor PerImage(Tensor values) => values.reshape(-1, 1, 1, 1);
}
