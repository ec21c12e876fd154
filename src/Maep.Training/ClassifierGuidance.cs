using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>
/// L1 between a frozen classifier's logits for the purified and for the clean image: the logits-guided denoiser of Liao et al. (CVPR 2018, section 3.3).
/// A perturbation of a few grey levels that a classifier amplifies hardly counts in pixels; this term makes it count. No label is used.
/// </summary>
public sealed class ClassifierGuidance
{
    private readonly IReadOnlyList<nn.Module<Tensor, Tensor>> _classifiers;

    /// <param name="classifiers">Images [N, 3, H, W] in [0, 1] to logits, in evaluation mode, gradients of weights off.</param>
    /// <exception cref="ArgumentException">No classifier.</exception>
    public ClassifierGuidance(IReadOnlyList<nn.Module<Tensor, Tensor>> classifiers)
    {
        if (classifiers.Count == 0)
            throw new ArgumentException("Guidance needs at least one classifier; name one, or set its weight to 0.", nameof(classifiers));
        _classifiers = classifiers;
    }

    /// <summary>Mean absolute difference of the logits of one classifier, which changes with the step.</summary>
    /// <param name="purified">[N, 3, H, W]; clamped to [0, 1] before the classifier sees it.</param>
    /// <param name="clean">[N, 3, H, W] in [0, 1].</param>
    /// <param name="step">Number of the training step.</param>
    /// <returns>Scalar with gradient to <paramref name="purified"/>.</returns>
    public Tensor Distance(Tensor purified, Tensor clean, long step)
    {
        using var scope = NewDisposeScope();
        var classifier = _classifiers[(int)(step % _classifiers.Count)];
        Tensor target;
        using (no_grad())
            target = classifier.call(clean);
        return (classifier.call(purified.clamp(0, 1)) - target).abs().mean().MoveToOuterDisposeScope();
    }
}
