using Maep.Attacks;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation;

/// <summary>
/// A cheap, fixed measure of how far a purifier has learned: the same images and the same non-adaptive attack every time, so that
/// points of different runs compare. It guides training; reported figures come from the evaluator.
/// </summary>
public sealed class LearningCurve : IDisposable
{
    private readonly IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Classifier, Tensor Adversarial)> _targets;
    private readonly Tensor _clean;
    private readonly Tensor _labels;

    /// <param name="images">Test images, a few hundred.</param>
    /// <param name="classifiers">Bare classifiers by name, in evaluation mode; each is attacked once.</param>
    /// <param name="attack">Attack on the bare classifier.</param>
    public LearningCurve(LabelledImages images, IReadOnlyDictionary<string, nn.Module<Tensor, Tensor>> classifiers, IAttack attack)
    {
        using var bytes = images.PixelTensor();
        _clean = LabelledImages.ToUnitRange(bytes);
        _labels = images.LabelTensor();
        using var random = new Generator(0);
        _targets = [.. classifiers.Select(pair => (pair.Key, pair.Value, attack.Perturb(pair.Value, _clean, _labels, random)))];
    }

    /// <summary>Measures a purifier as it is now.</summary>
    /// <param name="purifier">[N, 3, H, W] in [0, 1] to the same.</param>
    /// <returns>For each classifier "clean NAME" and "robust NAME", shares of the images; and "psnr" of purified clean images, dB.</returns>
    public IReadOnlyDictionary<string, double> Measure(nn.Module<Tensor, Tensor> purifier)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var purified = purifier.call(_clean);
        var point = new Dictionary<string, double>
        {
            ["psnr"] = (-10 * (purified - _clean).square().mean([1, 2, 3]).clamp_min(1e-10).log10()).mean().item<float>(),
        };
        foreach (var (name, classifier, adversarial) in _targets)
        {
            point[$"clean {name}"] = Accuracy(classifier.call(purified));
            point[$"robust {name}"] = Accuracy(classifier.call(purifier.call(adversarial)));
        }
        return point;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clean.Dispose();
        _labels.Dispose();
        foreach (var (_, _, adversarial) in _targets)
            adversarial.Dispose();
    }

    private double Accuracy(Tensor logits) => logits.argmax(1).eq(_labels).to(ScalarType.Float32).mean().item<float>();
}
