namespace Maep.Training;

/// <summary>A loss design that the paper compares MAEP with (section 8), computed by <see cref="LossDesigns"/>.</summary>
public sealed record LossRecipe
{
    internal const string Reconstruction = "reconstruction", TradesPixel = "trades-pixel", TradesLatent = "trades-latent", MaskedModelling = "mlm";

    private static readonly string[] Kinds = [Reconstruction, TradesPixel, TradesLatent, MaskedModelling];

    /// <summary>"reconstruction" (Eq. 16), "trades-pixel" (Eq. 20), "trades-latent" (Eq. 21) or "mlm" (Eq. 17, then 18).</summary>
    public string Kind { get; init; } = "";

    /// <summary>Factor on the second term of both TRADES designs; the paper gives none.</summary>
    public double Lambda { get; init; } = 1;

    /// <summary>Share of the steps of "mlm" that learn to fill in hidden patches (Eq. 17); the others purify whole images (Eq. 18).</summary>
    public double PreTraining { get; init; } = 0.5;

    /// <summary>What does not fit, the recipe's masking ratio and guidance included.</summary>
    internal IEnumerable<string> Faults(double maskingRatio, double guidance)
    {
        if (!Kinds.Contains(Kind))
            yield return $"Loss '{Kind}' is not known; use {string.Join(", ", Kinds)}, or leave the loss out for MAEP's.";
        else if (Kind == MaskedModelling != maskingRatio > 0)
            yield return $"MaskingRatio {maskingRatio} does not suit the loss '{Kind}', which hides {(maskingRatio > 0 ? "nothing; set it to 0" : "patches; set it above 0")}.";
        if (Lambda is not >= 0)
            yield return $"Lambda {Lambda} must be at least 0.";
        if (PreTraining is not (> 0 and < 1))
            yield return $"PreTraining {PreTraining} must be a share between 0 and 1.";
        if (guidance > 0)
            yield return $"Guidance {guidance} is added to MAEP's own loss only; set its weight to 0.";
    }
}
