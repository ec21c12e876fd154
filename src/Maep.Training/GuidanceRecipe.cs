namespace Maep.Training;

/// <summary>Classifiers that a purifier's output must look clean to, besides the pixels of Eq. 15; see <see cref="ClassifierGuidance"/>. Not in the paper.</summary>
public sealed record GuidanceRecipe
{
    /// <summary>Classifier files; each step uses one, in turn.</summary>
    public IReadOnlyList<string> Classifiers { get; init; } = [];

    /// <summary>Factor on the mean absolute difference of the logits, added to the loss; 0 leaves the paper's loss alone.</summary>
    public double Weight { get; init; }
}
