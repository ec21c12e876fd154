namespace Maep.Evaluation.CommonCorruptions;

/// <summary>What was found in a cell, or so far.</summary>
/// <param name="Corruption">Name of the corruption.</param>
/// <param name="Severity">1 to 5; 0 for clean images.</param>
public sealed record CellResult(string Corruption, int Severity)
{
    /// <summary>Images tried, readable or not.</summary>
    public long Tried { get; init; }

    /// <summary>Images that could not be used; they count neither as right nor as wrong.</summary>
    public long Unreadable { get; init; }

    /// <summary>Images the bare classifier gets right.</summary>
    public long BareCorrect { get; init; }

    /// <summary>Images it gets right behind the purifier; null without one.</summary>
    public long? PurifiedCorrect { get; init; }

    /// <summary>Images of which the purifier left [0, 1], against its contract; they were classified with their values cut to it.</summary>
    public long PurifiedCut { get; init; }

    /// <summary>Images classified.</summary>
    public long Images => Tried - Unreadable;

    /// <summary>The bare classifier's accuracy.</summary>
    public AccuracyCount Bare => new(BareCorrect, Images);

    /// <summary>Accuracy behind the purifier; null without one.</summary>
    public AccuracyCount? Purified => PurifiedCorrect is { } correct ? new(correct, Images) : null;
}

/// <summary>An image that could not be used.</summary>
/// <param name="Name">File, relative to the folder evaluated.</param>
/// <param name="Reason">Why.</param>
public sealed record UnreadableImage(string Name, string Reason);

/// <summary>Accuracy by corruption and severity, of a classifier alone and behind a purifier.</summary>
public sealed record CorruptionResult
{
    /// <summary>Every cell, in the order of <see cref="ImageNetC.InOrder"/>.</summary>
    public required IReadOnlyList<CellResult> Cells { get; init; }

    /// <summary>The images without corruption; null where none were given.</summary>
    public CellResult? Clean { get; init; }

    /// <summary>The first images that could not be used, at most <see cref="MaximumListed"/>.</summary>
    public required IReadOnlyList<UnreadableImage> Unreadable { get; init; }

    /// <summary>Whether the images are ImageNet's, so that errors are set against AlexNet's.</summary>
    public required bool IsImageNet { get; init; }

    /// <summary>Seconds of this sitting.</summary>
    public double Seconds { get; init; }

    /// <summary>Images listed by name when they cannot be used; all are counted.</summary>
    public const int MaximumListed = 1000;

    /// <summary>Images that could not be used, in all cells and among the clean ones.</summary>
    public long UnreadableCount => Cells.Sum(cell => cell.Unreadable) + (Clean?.Unreadable ?? 0);

    /// <summary>Images of which the purifier left [0, 1], in all cells and among the clean ones.</summary>
    public long PurifiedCut => Cells.Sum(cell => cell.PurifiedCut) + (Clean?.PurifiedCut ?? 0);

    /// <summary>Corruption errors of the bare classifier.</summary>
    public CorruptionErrors Bare => Errors(cell => cell.Bare);

    /// <summary>Corruption errors behind the purifier; null without one.</summary>
    public CorruptionErrors? Purified => Cells[0].Purified is null ? null : Errors(cell => cell.Purified!.Value);

    /// <summary>Mean accuracy over the severities that are there: of the clean images first, where there are any, then of each corruption.</summary>
    public IReadOnlyList<MeanAccuracy> Means() =>
    [
        .. Clean is { Images: > 0 } clean ? [MeanOf([clean])] : Array.Empty<MeanAccuracy>(),
        .. Bare.Corruptions.Select(corruption => MeanOf([.. Cells.Where(cell => cell.Corruption == corruption && cell.Images > 0)])),
    ];

    private static MeanAccuracy MeanOf(CellResult[] cells)
    {
        var images = cells.Min(cell => cell.Images);
        return new MeanAccuracy(cells[0].Corruption, images, Estimate(cell => cell.Bare), cells[0].Purified is null ? null : Estimate(cell => cell.Purified!.Value));

        // The severities show the same photographs, so their number is that of one severity.
        EstimatedShare Estimate(Func<CellResult, AccuracyCount> accuracy) => EstimatedShare.Of(cells.Average(cell => accuracy(cell).Share), images);
    }

    private CorruptionErrors Errors(Func<CellResult, AccuracyCount> accuracy) => new(
        Cells.Where(cell => cell.Images > 0).Select(cell => new CellError(cell.Corruption, cell.Severity, 1 - accuracy(cell).Share)), Clean is { Images: > 0 } clean ? 1 - accuracy(clean).Share : null, IsImageNet);
}

/// <summary>Accuracy on a corruption, mean over its severities.</summary>
/// <param name="Corruption">Its name; <see cref="FolderImages.NoCorruption"/> for clean images.</param>
/// <param name="Images">Photographs: the fewest of a severity.</param>
/// <param name="Bare">The bare classifier.</param>
/// <param name="Purified">Behind the purifier; null without one.</param>
public sealed record MeanAccuracy(string Corruption, long Images, EstimatedShare Bare, EstimatedShare? Purified);

/// <summary>A share and its 95 % interval.</summary>
/// <param name="Share">In [0, 1].</param>
/// <param name="Interval">Wilson's.</param>
public readonly record struct EstimatedShare(double Share, WilsonInterval Interval)
{
    /// <summary>A share that is a mean over several views of the same photographs, with the interval of as many photographs.</summary>
    /// <param name="share">In [0, 1].</param>
    /// <param name="photographs">Photographs, however often each is shown.</param>
    public static EstimatedShare Of(double share, long photographs) => new(share, WilsonInterval.Of((long)Math.Round(share * photographs), photographs));

    /// <summary>The farther end of the interval, as a distance.</summary>
    public double Spread => Math.Max(Share - Interval.Low, Interval.High - Share);
}
