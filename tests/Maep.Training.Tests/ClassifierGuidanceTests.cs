using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

public sealed class ClassifierGuidanceTests
{
    private readonly Tensor _clean = full([2, 3, 8, 8], 0.25f);

    [Fact]
    public void Distance_is_the_mean_absolute_difference_of_the_logits()
    {
        using var purified = _clean + 0.1;

        // Channel means times 3 differ by 0.3 each.
        Assert.Equal(0.3, new ClassifierGuidance([new ScaledMeans(3)]).Distance(purified, _clean, step: 0).item<float>(), tolerance: 1e-6);
        Assert.Equal(0, new ClassifierGuidance([new ScaledMeans(3)]).Distance(_clean, _clean, step: 0).item<float>());
    }

    [Fact]
    public void Distance_sees_the_purified_image_as_a_classifier_does()
    {
        using var bright = full([2, 3, 8, 8], 7f);

        Assert.Equal(0.75, new ClassifierGuidance([new ScaledMeans(1)]).Distance(bright, _clean, step: 0).item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void Distance_takes_the_classifiers_in_turn()
    {
        using var purified = _clean + 0.1;
        var guidance = new ClassifierGuidance([new ScaledMeans(1), new ScaledMeans(2)]);

        double[] distances = [.. Enumerable.Range(0, 4).Select(step => Math.Round(guidance.Distance(purified, _clean, step).item<float>(), 3))];

        Assert.Equal([0.1, 0.2, 0.1, 0.2], distances);
    }

    [Fact]
    public void Distance_gives_the_purified_image_a_gradient()
    {
        using var purified = (_clean + 0.1).detach().requires_grad_(true);

        new ClassifierGuidance([new ScaledMeans(1)]).Distance(purified, _clean, step: 0).backward();

        // Two images of three logits, each the mean of 64 pixels.
        Assert.Equal(1.0 / 6 / 64, purified.grad!.max().item<float>(), tolerance: 1e-7);
    }

    [Fact]
    public void Guidance_without_a_classifier_is_refused() =>
        Assert.Contains("at least one classifier", Assert.Throws<ArgumentException>(() => new ClassifierGuidance([])).Message, StringComparison.Ordinal);

    /// <summary>Channel means times a factor as logits.</summary>
    internal sealed class ScaledMeans(double factor) : nn.Module<Tensor, Tensor>(nameof(ScaledMeans))
    {
        public override Tensor forward(Tensor input) => input.mean([2, 3]) * factor;
    }
}
