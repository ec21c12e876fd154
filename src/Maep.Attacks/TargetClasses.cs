using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>The wrong classes that targeted attacks aim at.</summary>
internal static class TargetClasses
{
    /// <summary>The most likely classes other than the label, most likely first. A class that ties with the label is one of them; the label never is.</summary>
    /// <param name="logits">[N, K].</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="count">Classes wanted.</param>
    /// <returns>[N, min(count, K - 1)], int64.</returns>
    public static Tensor MostLikely(Tensor logits, Tensor labels, int count)
    {
        var targets = Math.Min(count, logits.shape[1] - 1);
        return AttackLoss.Others(logits, labels).topk((int)targets, 1).indexes;
    }
}
