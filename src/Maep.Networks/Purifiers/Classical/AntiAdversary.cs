using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>
/// The anti-adversary layer (Alfarra et al., AAAI 2022): moves an image, against the gradient, to where the classifier is surer of what it says already.
/// As published it leaves [0, 1]: two steps of 0.15 without a clamp. It strengthens a wrong answer as well, so it helps against attacks that stop at the border only.
/// </summary>
public sealed class AntiAdversary : UntrainedPurifier
{
    private const int Steps = 2;

    private readonly nn.Module<Tensor, Tensor> _classifier; // not registered: its weights are not the purifier's
    private readonly double _stepSize;

    /// <param name="classifier">Images in [0, 1] to logits, in evaluation mode: the classifier behind this layer.</param>
    /// <param name="stepSize">Change of each pixel in each of two steps, above 0.</param>
    /// <exception cref="ArgumentException">Another step size.</exception>
    public AntiAdversary(nn.Module<Tensor, Tensor> classifier, double stepSize = 0.15) : base(FormattableString.Invariant($"anti-adv:{stepSize}"))
    {
        if (stepSize is not (> 0 and <= 1))
            throw new ArgumentException(FormattableString.Invariant($"Anti-adversary step size {stepSize} must be above 0 and at most 1."));
        (_classifier, _stepSize) = (classifier, stepSize);
    }

    /// <inheritdoc/>
    public override bool OptimisesAtTestTime => true;

    /// <inheritdoc/>
    public override string? GradientStandIn => "identity through the anti-adversary's steps, whose sign has no slope";

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var change = Change(input.detach());
        return input + change;
    }

    private Tensor Change(Tensor images)
    {
        using var enabled = enable_grad();
        using var scope = NewDisposeScope();
        var change = zeros_like(images);
        Tensor? answer = null;
        for (var step = 0; step < Steps; step++)
        {
            var point = (images + change).requires_grad_();
            var logits = _classifier.call(point);
            answer ??= logits.detach().argmax(1);
            var loss = nn.functional.cross_entropy(logits, answer, reduction: nn.Reduction.Sum);
            change = change - (_stepSize * autograd.grad([loss], [point])[0].sign());
        }
        return change.detach().MoveToOuterDisposeScope();
    }
}
