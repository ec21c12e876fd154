using System.Globalization;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A run over corrupted images: terminal tables, JSON record, Markdown and page.</summary>
/// <param name="Run">What it reports.</param>
public sealed partial record CorruptionReport(ChangedImagesRun Run) : ChangedImagesReport(Run)
{
    private const string Withheld = "withheld";

    /// <summary>Seed and frost of the corruptions where <c>maep corrupt</c> made them; null where nothing tells.</summary>
    public string? MadeWith { get; init; }

    /// <summary>Column titles of <see cref="AccuracyRows"/>.</summary>
    public static IReadOnlyList<string> AccuracyHeaders { get; } = ["Top-1, %", "1", "2", "3", "4", "5", "Mean", "±"];

    /// <summary>Top-1 accuracy by corruption and severity; behind a purifier on the line below.</summary>
    public IReadOnlyList<IReadOnlyList<string>> AccuracyRows()
    {
        var (bare, purified) = (Run.Result.Bare, Run.Result.Purified);
        return [.. Run.Result.Means().SelectMany(mean => mean.Purified is { } behind
            ? new[] { Row(mean.Corruption, bare, mean, mean.Bare), Row("  purified", purified!, mean, behind) }
            : [Row(mean.Corruption, bare, mean, mean.Bare)])];

        static IReadOnlyList<string> Row(string title, CorruptionErrors errors, MeanAccuracy mean, EstimatedShare share) =>
        [
            title, .. Enumerable.Range(1, ImageNetC.Severities).Select(severity => errors.Error(mean.Corruption, severity) is { } error ? Percent(1 - error) : "-"),
            Percent(share.Share), Percent(share.Spread),
        ];
    }

    /// <summary>Column titles of <see cref="ErrorRows"/>.</summary>
    public IReadOnlyList<string> ErrorHeaders => Run.Purifier is null ? ["Percent", "Error", "CE", "Rel. CE"]
        : ["Percent", "Error", "CE", "Rel. CE", "Purified error", "CE", "Rel. CE"];

    /// <summary>Mean error, CE and relative CE of each corruption; no rows where the images are not ImageNet's, as these figures need AlexNet's errors.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ErrorRows()
    {
        var models = Models();
        return Run.Result.IsImageNet ? [.. models[0].Corruptions.Select(corruption => (string[])
            [corruption, .. models.SelectMany(errors => new[] { Percent(errors.MeanError(corruption)), Figure(errors.CorruptionError(corruption)), Figure(errors.RelativeCorruptionError(corruption)) })])] : [];
    }

    /// <summary>Column titles of <see cref="SummaryRows"/>.</summary>
    public IReadOnlyList<string> SummaryHeaders => Run.Purifier is null ? ["Summary", "Bare"] : ["Summary", "Bare", "Purified"];

    /// <summary>The figures over all corruptions.</summary>
    public IReadOnlyList<IReadOnlyList<string>> SummaryRows()
    {
        var models = Models();
        List<IReadOnlyList<string>> rows = [];
        if (Run.Result.IsImageNet)
        {
            rows.Add(Row("mCE, % of AlexNet's", errors => Figure(errors.MeanCorruptionError)));
            rows.Add(Row("relative mCE, % of AlexNet's", errors => Figure(errors.RelativeMeanCorruptionError)));
        }
        rows.Add(Row(string.Create(CultureInfo.InvariantCulture, $"mean accuracy, {models[0].TestCells} of {ImageNetC.TestCorruptions.Count * ImageNetC.Severities} cells, %"), errors => Percent(errors.MeanAccuracy)));
        rows.Add(Row("colour corruptions, mean accuracy, %", errors => errors.ColourAccuracy is { } share ? Percent(share) : Withheld));
        if (Run.Result.Clean is { Images: > 0 } clean)
            rows.Add(["clean accuracy, %", Percent(clean.Bare.Share), .. clean.Purified is { } purified ? [Percent(purified.Share)] : Array.Empty<string>()]);
        return rows;

        IReadOnlyList<string> Row(string name, Func<CorruptionErrors, string> figure) => [name, .. models.Select(figure)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes()
    {
        var errors = Run.Result.Bare;
        List<string> notes = [FitNote];
        if (Run.Options.ImagesPerCell is { } count)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"At most {count} images of each corruption and severity, spread evenly over its classes: not the whole set."));
        if (errors.Missing.Count > 0)
            notes.Add($"Missing of the 15 test corruptions: {string.Join("; ", errors.Missing)}.{(Run.Result.IsImageNet ? " So mCE and relative mCE are withheld; they are never computed over fewer." : "")}");
        if (Uneven() is { Count: > 0 } uneven)
            notes.Add($"Severities differ in their images, or lack unreadable ones: {string.Join(", ", uneven)}. {(Run.Result.IsImageNet ? "CE, mCE and means" : "Means")} count what could be used.");
        if (MadeWith is not null)
            notes.Add($"Made by maep corrupt ({MadeWith}): not the published images, so no figure here{(Run.Result.IsImageNet ? ", CE and mCE included," : "")} is comparable with published ones.");
        if (Run.Result.IsImageNet && Run.Result.Clean is null)
            notes.Add("Relative CE and relative mCE are withheld: they need the error on clean images (--clean).");
        if (errors.ColourAccuracy is null)
            notes.Add($"Colour corruptions (brightness, contrast, saturate, fog: Fig. 6 of the MAEP paper) are withheld; missing: {string.Join("; ", errors.MissingColour)}.");
        if (!Run.Result.IsImageNet)
            notes.Add("CE and mCE divide by AlexNet's errors on ImageNet-C; there are none for these images, so mean accuracy stands for them.");
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"{Range(Run.Result.Cells.Select(cell => cell.Images))} images in each cell. ± is the farther end of the 95 % interval (Wilson) of a mean, as of one severity: severities show the same photographs."));
        notes.AddRange(ChanceNote());
        notes.AddRange(CutNote());
        notes.AddRange(UnreadableNote());
        notes.AddRange(PassedOverNote());
        return notes;
    }

    private List<string> Uneven() =>
    [
        .. Run.Result.Cells.GroupBy(cell => cell.Corruption)
            .Where(cells => cells.Any(cell => cell.Unreadable > 0) || cells.DistinctBy(cell => cell.Images).Count() > 1).Select(cells => cells.Key),
    ];

    private List<CorruptionErrors> Models() => [Run.Result.Bare, .. Run.Result.Purified is { } purified ? [purified] : Array.Empty<CorruptionErrors>()];

    private static string Range(IEnumerable<long> counts)
    {
        var (least, most) = (counts.Min(), counts.Max());
        return least == most ? least.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{least} to {most}");
    }

    private static string Figure(double? percent) => percent is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:0.0;-0.0;0.0}") : Withheld;
}
