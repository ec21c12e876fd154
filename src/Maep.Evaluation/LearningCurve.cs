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
    private const int AttackedTogether = 100; // one batch of 500 takes 5 GB on ResNet-56

    private readonly IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Classifier, Tensor Adversarial)> _targets;
    private readonly Tensor _clean;
    private readonly Tensor _labels;

    /// <param name="images">Test images, a few hundred.</param>
    /// <param name="classifiers">Bare classifiers by name, in evaluation mode; each is attacked once.</param>
    /// <param name="attack">Attack on the bare classifier.</param>
    /// <param name="cancellation">Stops after the current step of the attack.</param>
    public LearningCurve(LabelledImages images, IReadOnlyDictionary<string, nn.Module<Tensor, Tensor>> classifiers, IAttack attack, CancellationToken cancellation = default)
    {
        using var bytes = images.PixelTensor();
        _clean = LabelledImages.ToUnitRange(bytes);
        _labels = images.LabelTensor();
        _targets = [.. classifiers.Select(pair => (pair.Key, pair.Value, Attack(pair.Value, attack, cancellation)))];
    }

    /// <summary>Measures a purifier as it is now.</summary>
    /// <param name="purifier">[N, 3, H, W] in [0, 1] to the same.</param>
    /// <returns>For each classifier "clean NAME" and "robust NAME", shares of the images, the second whether or not an image is right when clean; and "psnr" of purified clean images, dB.</returns>
    public IReadOnlyDictionary<string, double> Measure(nn.Module<Tensor, Tensor> purifier)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var streams = new ImageStreams(0, 0, _clean.shape[0]);
        var cleaner = new AskedModel(CheckedModel.Purifier(purifier));
        var purified = cleaner.Purified(_clean, streams);
        var point = new Dictionary<string, double>
        {
            ["psnr"] = ImageQuality.Psnr(purified, _clean).mean().item<float>(),
        };
        foreach (var (name, classifier, adversarial) in _targets)
        {
            var judge = new AskedModel(CheckedModel.Classifier(classifier, name));
            point[$"clean {name}"] = Accuracy(judge, purified, streams);
            point[$"robust {name}"] = Accuracy(judge, cleaner.Purified(adversarial, streams), streams);
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

    private Tensor Attack(nn.Module<Tensor, Tensor> classifier, IAttack attack, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(0);
        var parts = _clean.split(AttackedTogether).Zip(_labels.split(AttackedTogether), (images, labels) => attack.Perturb(classifier, images, labels, random, cancellation));
        return cat([.. parts], 0).MoveToOuterDisposeScope();
    }

    private double Accuracy(AskedModel classifier, Tensor images, ImageStreams streams) => Verdict.Right(classifier, images, _labels, streams).to(ScalarType.Float32).mean().item<float>();
}
