using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>What attacks raise: one value for each image, larger where the classifier is further from the label.</summary>
public static class AttackLoss
{
    private const double NoDivisionByZero = 1e-12; // AutoAttack's constant

    /// <summary>Cross-entropy.</summary>
    /// <param name="logits">[N, K].</param>
    /// <param name="labels">[N], int64.</param>
    /// <returns>[N].</returns>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels) => nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None);

    /// <summary>Difference of logits ratio (Croce and Hein, 2020, eq. 6): -(z_y - max of the others) / (z_(1) - z_(3)), where z_(i) is the i-th largest logit. Positive when misclassified; unlike cross-entropy it does not change when logits are scaled.</summary>
    /// <param name="logits">[N, K], K at least 3.</param>
    /// <param name="labels">[N], int64.</param>
    /// <returns>[N].</returns>
    /// <exception cref="ArgumentException">Fewer than 3 classes.</exception>
    public static Tensor Dlr(Tensor logits, Tensor labels)
    {
        var top = Top(logits, 3, "the difference of logits ratio", "apgd-ce");
        var other = where(Decision.Right(logits, labels), Rank(top, 2), Rank(top, 1));
        return (other - Of(logits, labels)) / (Rank(top, 1) - Rank(top, 3) + NoDivisionByZero);
    }

    /// <summary>Targeted difference of logits ratio (Croce and Hein, 2020, eq. 7): -(z_y - z_t) / (z_(1) - (z_(3) + z_(4)) / 2).</summary>
    /// <param name="logits">[N, K], K at least 4.</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="targets">[N], int64: the class wanted instead.</param>
    /// <returns>[N].</returns>
    /// <exception cref="ArgumentException">Fewer than 4 classes.</exception>
    public static Tensor TargetedDlr(Tensor logits, Tensor labels, Tensor targets)
    {
        var top = Top(logits, 4, "the targeted difference of logits ratio", "apgd-dlr or fab-t");
        return (Of(logits, targets) - Of(logits, labels)) / (Rank(top, 1) - (0.5 * (Rank(top, 3) + Rank(top, 4))) + NoDivisionByZero);
    }

    /// <summary>Logit of the label less the largest other logit. Attacks lower it. Below 0 the image is misclassified, above 0 it is not, and at 0 two classes tie: then <see cref="Decision"/> says which it is.</summary>
    /// <param name="logits">[N, K].</param>
    /// <param name="labels">[N], int64.</param>
    /// <returns>[N].</returns>
    public static Tensor Margin(Tensor logits, Tensor labels) => Of(logits, labels) - Others(logits, labels).amax([1]);

    /// <summary>The logits with that of the label at negative infinity, so that it is never the greatest, [N, K].</summary>
    internal static Tensor Others(Tensor logits, Tensor labels) => logits.scatter(1, labels.unsqueeze(1), full_like(logits, float.NegativeInfinity));

    /// <summary>The logits of one class per image.</summary>
    internal static Tensor Of(Tensor logits, Tensor classes) => logits.gather(1, classes.unsqueeze(1)).squeeze(1);

    private static Tensor Top(Tensor logits, int count, string name, string instead) => logits.shape[1] >= count
        ? logits.topk(count, 1).values
        : throw new ArgumentException($"{logits.shape[1]} classes are too few for {name}, which needs {count}; use {instead}.", nameof(logits));

    private static Tensor Rank(Tensor top, int rank) => top.select(1, rank - 1);
}
