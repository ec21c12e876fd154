using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>The wrong classes that targeted attacks aim at.</summary>
internal static class TargetClasses
{
    /// <summary>The most likely classes after the label, most likely first.</summary>
    /// <param name="logits">[N, K] of images classified right.</param>
    /// <param name="count">Classes wanted.</param>
    /// <returns>[N, min(count, K - 1)], int64.</returns>
    public static Tensor MostLikely(Tensor logits, int count)
    {
        var targets = Math.Min(count, logits.shape[1] - 1);
        return logits.topk((int)targets + 1, 1).indexes.narrow(1, 1, targets);
    }
}
