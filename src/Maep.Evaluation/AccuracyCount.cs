namespace Maep.Evaluation;

/// <summary>Correctly classified images out of those tried.</summary>
/// <param name="Correct">Images classified correctly (for robust accuracy: clean and attacked both).</param>
/// <param name="Total">Images tried.</param>
public readonly record struct AccuracyCount(long Correct, long Total)
{
    /// <summary>Share in [0, 1].</summary>
    public double Share => Total == 0 ? 0 : (double)Correct / Total;

    /// <summary>95 % interval of the share; all of [0, 1] where nothing was tried.</summary>
    public WilsonInterval Interval => Total == 0 ? new(0, 1) : WilsonInterval.Of(Correct, Total);
}
