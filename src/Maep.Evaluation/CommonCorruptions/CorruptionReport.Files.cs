using System.Text;
using System.Text.Json;

namespace Maep.Evaluation.CommonCorruptions;

/// <content>JSON, and the tables and charts of the other files.</content>
public sealed partial record CorruptionReport
{
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
        AlexNet = Run.Result.IsImageNet ? new { ImageNetC.AlexNetCleanError, Source = "hendrycks/robustness issue 10; torchvision alexnet-owt-4df8aa71" } : null,
        Summary = new { Bare = Summary(Run.Result.Bare), Purified = Run.Result.Purified is { } purified ? Summary(purified) : null },
        Run.Result.Clean,
        Run.Result.Cells,
        Corruptions = Run.Result.Bare.Corruptions.Select(corruption => new { Corruption = corruption, Bare = Figures(Run.Result.Bare, corruption), Purified = Run.Result.Purified is { } behind ? Figures(behind, corruption) : null }),
        Run.Result.UnreadableCount,
        Run.Result.Unreadable,
        Run.PassedOver,
        Notes = Notes(),
        Run.Result.Seconds,
        Run.Machine,
    }, RecordFiles.Json) + "\n";

    private protected override void AppendTables(StringBuilder text)
    {
        text.AppendTable(SummaryHeaders, SummaryRows());
        text.AppendTable(AccuracyHeaders, AccuracyRows());
        if (ErrorRows() is { Count: > 0 } errors)
            text.AppendTable(ErrorHeaders, errors);
    }

    private protected override IReadOnlyList<HtmlTable> Tables() =>
    [
        new HtmlTable("Over all corruptions", SummaryHeaders, SummaryRows()),
        .. ErrorRows() is { Count: > 0 } errors ? [new HtmlTable("Corruption errors, % of AlexNet's", ErrorHeaders, errors)] : Array.Empty<HtmlTable>(),
    ];

    private protected override IReadOnlyList<HtmlDrawing> Charts() =>
        [new HtmlDrawing("Accuracy by corruption and severity", CorruptionCharts.HeatMap(Run.Result)), new HtmlDrawing("Mean accuracy of each corruption", CorruptionCharts.Bars(Run.Result))];

    private static object Summary(CorruptionErrors errors) => new
    {
        errors.MeanCorruptionError,
        errors.RelativeMeanCorruptionError,
        errors.MeanAccuracy,
        errors.TestCells,
        errors.ColourAccuracy,
        errors.Missing,
    };

    private static object Figures(CorruptionErrors errors, string corruption) => new
    {
        MeanError = errors.MeanError(corruption),
        CorruptionError = errors.CorruptionError(corruption),
        RelativeCorruptionError = errors.RelativeCorruptionError(corruption),
    };
}
