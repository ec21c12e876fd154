using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

/// <summary>Six classes: ten times the mean of one colour channel in the upper or lower half of an 8x8 image. Linear, so that the smallest perturbation is known.</summary>
internal sealed class HalvesClassifier() : nn.Module<Tensor, Tensor>(nameof(HalvesClassifier))
{
    private const double Slope = 10.0 / 32; // of a logit by a pixel of its half

    public override Tensor forward(Tensor input) => input.reshape(-1, 3, 2, 32).mean([3]).flatten(1) * 10;

    /// <summary>Random images in the middle of the pixel range, a third of the labels wrong.</summary>
    public static (Tensor Images, Tensor Labels) Batch(int count, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(seed);
        using var model = new HalvesClassifier();
        var images = ((rand([count, 3, 8, 8], generator: random) * 0.1) + (rand([count, 3, 2, 1], generator: random) * 0.1).repeat_interleave(4, 2) + 0.4).MoveToOuterDisposeScope();
        var labels = (model.call(images).argmax(1) + arange(count).remainder(3).eq(2)).remainder(6).MoveToOuterDisposeScope();
        return (images, labels);
    }

    /// <summary>Norm of the smallest perturbation that changes the class, while no pixel meets its border.</summary>
    /// <returns>[N].</returns>
    public static Tensor Radius(PerturbationNorm norm, Tensor logits)
    {
        // Raise 32 pixels and lower 32 others, all by the same amount.
        var top = logits.topk(2, 1).values;
        var gap = top.select(1, 0) - top.select(1, 1);
        return norm == PerturbationNorm.Linf ? gap / (64 * Slope) : gap / (8 * Slope);
    }
}
