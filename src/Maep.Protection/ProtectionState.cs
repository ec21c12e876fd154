namespace Maep.Protection;

/// <summary>What a protection has decided and used so far; kept in its folder, so that a run that was killed goes on as it began.</summary>
internal sealed record ProtectionState
{
    /// <summary>Seconds used, all sittings together.</summary>
    public double Seconds { get; init; }

    /// <summary>Processor seconds used, all sittings together.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>How the minutes are spent; null before it is known.</summary>
    public ProtectionPlan? Plan { get; init; }

    /// <summary>Minutes of training that were left when it began; null before.</summary>
    public double? TrainingMinutes { get; init; }

    /// <summary>What was trained and chosen; null before.</summary>
    public ProtectionTraining? Training { get; init; }

    /// <summary>Images that figures come from: as many as the minutes that are left allow when measuring begins; null before.</summary>
    public int? TestImages { get; init; }
}

/// <summary>How the minutes of a protection are spent, from what one batch of attacks took.</summary>
/// <param name="PairImages">Training images that are attacked.</param>
/// <param name="MeasuringSeconds">What is left for measuring.</param>
/// <param name="GuidanceWeight">Factor of the classifier's logits in the loss.</param>
public sealed record ProtectionPlan(int PairImages, double MeasuringSeconds, double GuidanceWeight);

/// <summary>What a protection trained.</summary>
/// <param name="Steps">Steps of training.</param>
/// <param name="Minutes">Minutes of training.</param>
/// <param name="Before">The purifier that it began with, on the images for choices.</param>
/// <param name="After">The trained purifier, on the same images.</param>
/// <param name="RecipeHash">Recipe of the training.</param>
public sealed record ProtectionTraining(long Steps, double Minutes, PurifierScore Before, PurifierScore After, string RecipeHash)
{
    /// <summary>Whether the trained purifier is the better of the two, and so the one that is exported.</summary>
    public bool IsBetter => After.Average > Before.Average;
}

/// <summary>How good a purifier is ahead of the classifier, on the images for choices; non-adaptive.</summary>
/// <param name="Clean">Share of clean images right behind it.</param>
/// <param name="Attacked">Share of attacked images right behind it, under the worse of two attacks on the bare classifier.</param>
public sealed record PurifierScore(double Clean, double Attacked)
{
    /// <summary>What is chosen by.</summary>
    public double Average => (Clean + Attacked) / 2;
}
