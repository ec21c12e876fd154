using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>
/// Accuracy on photographs in the colours of others, beside their own (Fig. 5 and Tables 5 and 6 of the paper): what <c>maep colorize</c> made, palette by palette.
/// </summary>
public sealed record ColoringReport : ChangedImagesReport
{
    /// <summary>Column titles of <see cref="Rows"/>.</summary>
    public IReadOnlyList<string> Headers => Purifier is null ? ["Top-1, %", "Images", "Bare", "95 % interval"] : ["Top-1, %", "Images", "Bare", "95 % interval", "Purified", "95 % interval"];

    /// <summary>Accuracy on the originals where they are there, in each palette, over all palettes, and the drop from the first to the last, in points.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows()
    {
        List<IReadOnlyList<string>> rows = [];
        if (Result.Clean is { Images: > 0 } clean)
            rows.Add(Row("original", clean.Images, clean.Bare.Share, clean.Purified?.Share, clean.Images));
        rows.AddRange(Result.Cells.Where(cell => cell.Images > 0).Select(cell => Row(cell.Corruption, cell.Images, cell.Bare.Share, cell.Purified?.Share, cell.Images)));
        // Palettes show the same photographs, so the interval is that of their number and not of the images'.
        var photographs = Math.Min(Images, Result.Clean is { Images: > 0 } originals ? originals.Images : Result.Cells.Max(cell => cell.Images));
        rows.Add(Row("coloured, all palettes", Images, Bare, Purified, photographs));
        if (Drop is { } drop)
            rows.Add(["drop, points", "", Points(drop), "", .. Purifier is null ? Array.Empty<string>() : [Points(PurifiedDrop ?? 0), ""]]);
        return rows;
    }

    /// <summary>Coloured images classified.</summary>
    public long Images => Result.Cells.Sum(cell => cell.Images);

    /// <summary>The bare classifier's accuracy over all coloured images, a share.</summary>
    public double Bare => new AccuracyCount(Result.Cells.Sum(cell => cell.BareCorrect), Images).Share;

    /// <summary>The same behind the purifier; null without one.</summary>
    public double? Purified => Purifier is null ? null : new AccuracyCount(Result.Cells.Sum(cell => cell.PurifiedCorrect ?? 0), Images).Share;

    /// <summary>The bare classifier's accuracy on the originals less that on the coloured images, a share; null without originals.</summary>
    public double? Drop => Result.Clean is { Images: > 0 } clean ? clean.Bare.Share - Bare : null;

    /// <summary>The same behind the purifier.</summary>
    public double? PurifiedDrop => Result.Clean is { Images: > 0, Purified: { } purified } ? purified.Share - Purified : null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes() =>
    [
        FitNote,
        .. Options.ImagesPerCell is { } count ? [string.Create(CultureInfo.InvariantCulture, $"At most {count} images of each palette, spread evenly over its classes: not the whole set.")] : Array.Empty<string>(),
        .. Result.Clean is null ? ["The drop is withheld: it needs the accuracy on the originals (--clean)."] : Array.Empty<string>(),
        "Intervals are Wilson's, 95 %; that over all palettes is the one of as many photographs, because palettes show the same ones.",
        .. UnreadableNote(),
    ];

    /// <inheritdoc/>
    public override string ToJson() => JsonSerializer.Serialize(new
    {
        Command,
        Dataset,
        Classifier,
        ClassifierDescription,
        Purifier,
        PurifierDescription,
        ImageSize,
        Fit = $"{Options.Fit}",
        CleanFit = Result.Clean is null ? null : $"{Options.CleanFit}",
        Options.ImagesPerCell,
        Coloured = new { Images, Bare, Purified, Drop, PurifiedDrop },
        Result.Clean,
        Palettes = Result.Cells.Select(cell => new { Palette = cell.Corruption, cell.Tried, cell.Unreadable, cell.BareCorrect, cell.PurifiedCorrect }),
        Result.UnreadableCount,
        Result.Unreadable,
        Notes = Notes(),
        Result.Seconds,
        Machine,
    }, RecordFiles.Json) + "\n";

    private protected override void AppendTables(StringBuilder text) => text.AppendTable(Headers, Rows());

    /// <summary>Writes the report as one HTML page.</summary>
    /// <param name="path">File to write; complete or untouched.</param>
    /// <param name="examples">Makes the pictures of images.</param>
    /// <param name="set">The images of the run.</param>
    /// <param name="originals">Their originals; null where there are none.</param>
    public void WritePage(string path, CorruptionExamples examples, ICorruptedImages set, ICorruptedImages? originals)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        new HtmlReport
        {
            Title = Title,
            Subtitle = Notes(),
            Tables = [new HtmlTable("Accuracy by palette", Headers, Rows())],
            Figures = [new HtmlDrawing("Accuracy by palette", CorruptionCharts.Bars(Result))],
            Pictures = examples.Pictures(set, originals) is { } pictures ? [pictures] : [],
            Settings = Settings,
        }.Write(path);
    }

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
