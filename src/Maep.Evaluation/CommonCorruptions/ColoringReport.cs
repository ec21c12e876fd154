using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>
/// Accuracy on photographs in the colours of others, beside their own (Fig. 5 and Tables 5 and 6 of the paper): what <c>maep colorize</c> made, palette by palette.
/// </summary>
/// <param name="Run">What it reports.</param>
public sealed record ColoringReport(ChangedImagesRun Run) : ChangedImagesReport(Run)
{
    /// <summary>Different photographs among the coloured images tried: as many as each palette has where all palettes show the same ones.</summary>
    public required long Photographs { get; init; }

    /// <summary>Column titles of <see cref="Rows"/>.</summary>
    public IReadOnlyList<string> Headers => Run.Purifier is null ? ["Top-1, %", "Images", "Bare", "95 % interval"] : ["Top-1, %", "Images", "Bare", "95 % interval", "Purified", "95 % interval"];

    /// <summary>Accuracy on the originals where they are there, in each palette, over all palettes, and the drop from the first to the last, in points.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows()
    {
        List<IReadOnlyList<string>> rows = [];
        if (Run.Result.Clean is { Images: > 0 } clean)
            rows.Add(Row("original", clean.Images, clean.Bare.Share, clean.Purified?.Share, clean.Images));
        rows.AddRange(Run.Result.Cells.Where(cell => cell.Images > 0).Select(cell => Row(cell.Corruption, cell.Images, cell.Bare.Share, cell.Purified?.Share, cell.Images)));
        // A photograph in several colours is one, so the interval is that of their number and not of the images'.
        if (Bare is { } bare)
            rows.Add(Row("coloured, all palettes", Images, bare, Purified, ShowTheSame ? Run.Result.Cells.Max(cell => cell.Images) : Math.Min(Images, Photographs)));
        if (Drop is { } drop)
            rows.Add(["drop, points", "", Points(drop), "", .. Run.Purifier is null ? Array.Empty<string>() : [Points(PurifiedDrop ?? 0), ""]]);
        return rows;
    }

    /// <summary>Coloured images classified.</summary>
    public long Images => Run.Result.Cells.Sum(cell => cell.Images);

    /// <summary>The bare classifier's accuracy over all coloured images, a share; null where none could be used.</summary>
    public double? Bare => Images == 0 ? null : new AccuracyCount(Run.Result.Cells.Sum(cell => cell.BareCorrect), Images).Share;

    /// <summary>The same behind the purifier; null without one, too.</summary>
    public double? Purified => Run.Purifier is null || Images == 0 ? null : new AccuracyCount(Run.Result.Cells.Sum(cell => cell.PurifiedCorrect ?? 0), Images).Share;

    /// <summary>The bare classifier's accuracy on the originals less that on the coloured images, a share; null without either.</summary>
    public double? Drop => Run.Result.Clean is { Images: > 0 } clean ? clean.Bare.Share - Bare : null;

    /// <summary>The same behind the purifier.</summary>
    public double? PurifiedDrop => Run.Result.Clean is { Images: > 0, Purified: { } purified } ? purified.Share - Purified : null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes() =>
    [
        FitNote,
        .. Run.Options.ImagesPerCell is { } count ? [string.Create(CultureInfo.InvariantCulture, $"At most {count} images of each palette, spread evenly over its classes: not the whole set.")] : Array.Empty<string>(),
        .. Run.Result.Clean is null ? ["The drop is withheld: it needs the accuracy on the originals (--clean)."] : Array.Empty<string>(),
        ShowTheSame ? "Intervals are Wilson's, 95 %; that over all palettes is the one of as many photographs, because palettes show the same ones."
            : string.Create(CultureInfo.InvariantCulture, $"Palettes show different photographs (maep colorize --per-image), so they differ by more than colours{(Run.Options.ImagesPerCell is not null && Run.Result.Clean is not null ? ", and so do originals and coloured images (--images-per-cell)" : "")}. Intervals are Wilson's, 95 %; that over all palettes is the one of {Photographs} photographs."),
        .. ChanceNote(),
        .. CutNote(),
        .. UnreadableNote(),
        .. PassedOverNote(),
    ];

    /// <inheritdoc/>
    public override string ToJson() => JsonSerializer.Serialize(new
    {
        Run.Command,
        Run.Dataset,
        Run.Classifier,
        Run.ClassifierDescription,
        Run.Purifier,
        Run.PurifierDescription,
        Run.ImageSize,
        Fit = $"{Run.Options.Fit}",
        CleanFit = Run.Result.Clean is null ? null : $"{Run.Options.CleanFit}",
        Run.Options.ImagesPerCell,
        Coloured = new { Images, Photographs, Bare, Purified, Drop, PurifiedDrop },
        Run.Result.Clean,
        Palettes = Run.Result.Cells.Select(cell => new { Palette = cell.Corruption, cell.Tried, cell.Unreadable, cell.BareCorrect, cell.PurifiedCorrect }),
        Run.Result.UnreadableCount,
        Run.Result.Unreadable,
        Run.PassedOver,
        Notes = Notes(),
        Run.Result.Seconds,
        Run.Machine,
    }, RecordFiles.Json) + "\n";

    private protected override void AppendTables(StringBuilder text) => text.AppendTable(Headers, Rows());

    private protected override IReadOnlyList<HtmlTable> Tables() => [new HtmlTable("Accuracy by palette", Headers, Rows())];

    private protected override IReadOnlyList<HtmlDrawing> Charts() => [new HtmlDrawing("Accuracy by palette", CorruptionCharts.Bars(Run.Result))];

    private bool ShowTheSame => Run.Result.Cells.All(cell => cell.Tried == Photographs);

    private static IReadOnlyList<string> Row(string name, long images, double bare, double? purified, long photographs) =>
    [
        name, images.ToString(CultureInfo.InvariantCulture), Percent(bare), Interval(bare, photographs),
        .. purified is { } share ? [Percent(share), Interval(share, photographs)] : Array.Empty<string>(),
    ];

    private static string Interval(double share, long photographs)
    {
        var interval = EstimatedShare.Of(share, photographs).Interval;
        return $"{Percent(interval.Low)} to {Percent(interval.High)}";
    }

    private static string Points(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0;-0.0;0.0}");
}
