using Maep.Networks.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>
/// The loss designs of section 8 of the paper, its distance d being the mean absolute difference of all values, x a clean image, x_a the adversarial one.
/// Each gives a scalar with gradient and reports its terms.
/// </summary>
internal static class LossDesigns
{
    /// <summary>Eq. 16: d(P(x_a), x) + d(P(x), x).</summary>
    public static Tensor Reconstruction(TrainablePurifier purifier, Tensor clean, Tensor adversarial, IDictionary<string, double> metrics) =>
        Sum(metrics, ("purification", Distance(purifier.Reconstruct(adversarial, null), clean), 1), ("clean", Distance(purifier.Reconstruct(clean, null), clean), 1));

    /// <summary>Eq. 20: d(P(x), x) + lambda d(P(x_a), P(x)).</summary>
    public static Tensor TradesPixel(TrainablePurifier purifier, Tensor clean, Tensor adversarial, double lambda, IDictionary<string, double> metrics)
    {
        var purified = purifier.Reconstruct(clean, null);
        return Sum(metrics, ("clean", Distance(purified, clean), 1), ("consistency", Distance(purifier.Reconstruct(adversarial, null), purified), lambda));
    }

    /// <summary>Eq. 21: d(P(x), x) + lambda d(Phi(x_a), Phi(x)).</summary>
    public static Tensor TradesLatent(TrainablePurifier purifier, Tensor clean, Tensor adversarial, double lambda, IDictionary<string, double> metrics) =>
        Sum(metrics, ("clean", Distance(purifier.Reconstruct(clean, null), clean), 1), ("consistency", Distance(purifier.Latent(adversarial), purifier.Latent(clean)), lambda));

    /// <summary>Eq. 17: the hidden patches of an adversarial image from its visible ones, mean over the hidden values, as in MAE.</summary>
    public static Tensor MaskedModelling(TrainablePurifier purifier, Tensor adversarial, PatchMask mask, IDictionary<string, double> metrics)
    {
        var patches = new PatchGrid(purifier.PatchSize).Split((purifier.Reconstruct(adversarial, mask) - adversarial).abs()); // [N, P, h, w]
        var hidden = mask.Hidden.reshape(-1, 1, patches.shape[2], patches.shape[3]);
        return Sum(metrics, ("modelling", (patches * hidden).sum() / (hidden.sum() * patches.shape[1]), 1));
    }

    /// <summary>Eq. 18: d(P(x_a), x).</summary>
    public static Tensor Purification(TrainablePurifier purifier, Tensor clean, Tensor adversarial, IDictionary<string, double> metrics) =>
        Sum(metrics, ("purification", Distance(purifier.Reconstruct(adversarial, null), clean), 1));

    private static Tensor Distance(Tensor a, Tensor b) => (a - b).abs().mean();

    private static Tensor Sum(IDictionary<string, double> metrics, params (string Name, Tensor Value, double Factor)[] terms)
    {
        foreach (var (name, value, _) in terms)
            metrics[name] = value.item<float>();
        return terms.Select(term => term.Value * term.Factor).Aggregate((sum, term) => sum + term);
    }
}
