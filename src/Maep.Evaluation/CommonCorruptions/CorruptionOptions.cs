namespace Maep.Evaluation.CommonCorruptions;

/// <summary>How a run over corrupted images works.</summary>
public sealed record CorruptionOptions
{
    /// <summary>What happens to the corrupted images before they are classified.</summary>
    public ImageFit Fit { get; init; } = ImageFit.AsIs;

    /// <summary>What happens to the clean ones.</summary>
    public ImageFit CleanFit { get; init; } = ImageFit.AsIs;

    /// <summary>Images of each cell to take, spread evenly over it, so that all cells have the same photographs; null for all.</summary>
    public int? ImagesPerCell { get; init; }

    /// <summary>Images decoded, purified and classified together, at least 1.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>CPU threads that decode, at least 1.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>File that keeps what has been found, for going on after a kill; null keeps nothing.</summary>
    public string? StatePath { get; init; }

    /// <summary>Least time between two writes of that file. Zero writes it after every batch.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What else the findings depend on, so that a state of other models is refused: their digests.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Lists every option out of its range.</summary>
    /// <exception cref="ArgumentException">At least one is.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (ImagesPerCell < 1)
            faults.Add($"ImagesPerCell {ImagesPerCell} must be at least 1, or null for all.");
        if (BatchSize < 1)
            faults.Add($"BatchSize {BatchSize} must be at least 1.");
        if (Threads < 1)
            faults.Add($"Threads {Threads} must be at least 1.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults));
    }
}
