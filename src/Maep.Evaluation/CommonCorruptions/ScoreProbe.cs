using System.Globalization;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>What the scores of a classifier are.</summary>
public enum ScoreKind
{
    /// <summary>Any numbers: logits, log-probabilities, votes.</summary>
    Logits,

    /// <summary>Probabilities, which saturate: far from the boundary they hardly change, and an attack that climbs them finds no slope.</summary>
    Probabilities,
}

/// <summary>What the scores of a few images tell of a classifier.</summary>
/// <param name="Kind">Probabilities where every row lies in [0, 1] and sums to 1.</param>
/// <param name="Images">Images asked.</param>
/// <param name="Saturated">Those of them whose probabilities are exactly 0 and 1: where the image is right, their logarithms have no slope either.</param>
public sealed record ScoreProbe(ScoreKind Kind, int Images, int Saturated)
{
    private const int MaximumImages = 64;
    private const float SumTolerance = 1e-3f; // of 1,000 probabilities in half precision
    private const double Many = 0.1;

    // Below the logarithm of the smallest positive number (-103.3): a probability of 0 is less than any other.
    private const double LogarithmOfZero = -105;

    /// <summary>What a record must say of the scores; null where they are no probabilities.</summary>
    public string? Warning => Kind == ScoreKind.Logits ? null
        : $"The scores are probabilities (each row lies in [0, 1] and sums to 1). They saturate, which flatters a defence against Square, so the attack was given their logarithms, whose margin is that of the logits.{(Saturated > Many * Images
            ? string.Create(CultureInfo.InvariantCulture, $" Of {Images} images {Saturated} have nothing but 0 and 1, so there is no slope to climb: robustness to Square means little. Give a classifier whose scores are logits, and attack with rays too.")
            : "")}";

    /// <summary>Asks a classifier for the first images, at most 64 of them.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="images">Images of its size, at least 1.</param>
    /// <exception cref="InvalidDataException">Scores that are no numbers.</exception>
    public static ScoreProbe Of(IImageClassifier classifier, IEnumerable<ClassifierInput> images)
    {
        // A class that the classifier does not know has no part in the sum.
        float[][] rows = [.. classifier.ValidScores([.. images.Take(MaximumImages)]).Select(row => row.Where(float.IsFinite).ToArray())];
        var probabilities = Array.TrueForAll(rows, row => row.Length > 1 && Array.TrueForAll(row, score => score is >= 0 and <= 1) && Math.Abs(row.Sum() - 1) <= SumTolerance);
        return probabilities ? new(ScoreKind.Probabilities, rows.Length, rows.Count(row => row.Max() == 1 && row.Count(score => score > 0) == 1)) : new(ScoreKind.Logits, rows.Length, 0);
    }

    /// <summary>The logarithm of a probability; of 0 less than that of any positive number, and finite, so that scores keep their order and margins are numbers.</summary>
    internal static double Logarithm(float probability) =>
        probability > 0 ? Math.Log(probability) : float.IsNegativeInfinity(probability) ? double.NegativeInfinity : LogarithmOfZero;
}
