using Maep.Networks.Classifiers;

namespace Maep.Training;

/// <summary>Everything needed to repeat the training of one classifier; a file of <c>recipes/</c>.</summary>
public sealed record ClassifierRecipe
{
    /// <summary>Name of the model, as in its file name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Training set: "cifar10", "cifar100" or "shapes10".</summary>
    public string Data { get; init; } = "cifar10";

    /// <summary>Size of the network.</summary>
    public FastConvNetOptions Network { get; init; } = new();

    /// <summary>Images of a step.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>Largest random shift of an image, pixels.</summary>
    public int LargestShift { get; init; } = 2;

    /// <summary>Share of the target spread over all classes.</summary>
    public double LabelSmoothing { get; init; } = 0.2;

    /// <summary>How long and how fast.</summary>
    public TrainerOptions Training { get; init; } = new() { Optimizer = "sgd" };

    /// <summary>Lists every fault of the numbers.</summary>
    /// <exception cref="ArgumentException">One is outside its range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (BatchSize < 1)
            faults.Add($"BatchSize {BatchSize} must be at least 1.");
        if (LargestShift < 0)
            faults.Add($"LargestShift {LargestShift} must be 0 or more.");
        if (LabelSmoothing is not (>= 0 and < 1))
            faults.Add($"LabelSmoothing {LabelSmoothing} must be in [0, 1).");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
        Training.Validate();
    }
}
