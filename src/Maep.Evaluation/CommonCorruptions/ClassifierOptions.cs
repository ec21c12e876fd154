using System.Globalization;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>What a classifier file does not tell.</summary>
public sealed record ClassifierOptions
{
    /// <summary>Rows of the images, where the classifier takes any.</summary>
    public int Height { get; init; } = ImageNetC.ImageSize;

    /// <summary>Columns of the images, where the classifier takes any.</summary>
    public int Width { get; init; } = ImageNetC.ImageSize;

    /// <summary>Where height and width come from, as reports print it of a classifier that takes any size.</summary>
    public string SizeOrigin { get; init; } = "as asked for";

    /// <summary>Mean an ONNX classifier wants subtracted, on colours in [0, 1]: red, green, blue, or one number for all. Most normalise inside.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0, 0, 0];

    /// <summary>Standard deviation it wants divided by, likewise; 1/255 for one that takes 0..255.</summary>
    public IReadOnlyList<float> StandardDeviation { get; init; } = [1, 1, 1];

    /// <summary>Column of a pipeline that takes the image or its path; null where only one can.</summary>
    public string? InputColumn { get; init; }

    /// <summary>Column of a pipeline, or output of an ONNX file, with the scores; null where only one can be meant.</summary>
    public string? ScoreColumn { get; init; }

    /// <summary>Classes by index: names, for reports, and folders. A pipeline whose scores carry one or the other is matched by it.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Whether these are all the classes, so that a classifier with more scores numbers them otherwise.</summary>
    public bool ClassesAreAll { get; init; }

    /// <summary>Class folders by index.</summary>
    public IReadOnlyList<string> ClassFolders { get; init; } = [];

    /// <summary>Assemblies (.dll) with components of a pipeline that the running program lacks: trainers, custom mappings.</summary>
    public IReadOnlyList<string> Assemblies { get; init; } = [];

    /// <summary>CPU threads.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal bool Normalises => Mean.Any(value => value != 0) || StandardDeviation.Any(value => value != 1);

    /// <summary>Lists every option out of its range.</summary>
    /// <exception cref="ArgumentException">At least one is.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (Mean.Count is not (1 or 3) || !Mean.All(float.IsFinite))
            faults.Add($"Mean [{Listed(Mean)}] must be 3 numbers, red, green and blue, or one for all.");
        if (StandardDeviation.Count is not (1 or 3) || !StandardDeviation.All(value => value > 0 && float.IsFinite(value)))
            faults.Add($"StandardDeviation [{Listed(StandardDeviation)}] must be 3 numbers above 0, red, green and blue, or one for all.");
        if (Threads < 1)
            faults.Add($"Threads {Threads} must be at least 1.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults));
    }

    internal static string Listed(IReadOnlyList<float> numbers) => string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));
}
