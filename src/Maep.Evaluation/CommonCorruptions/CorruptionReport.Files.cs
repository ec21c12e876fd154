using System.Text;
using System.Text.Json;

namespace Maep.Evaluation.CommonCorruptions;

/// <content>JSON, and the tables of the Markdown.</content>
public sealed partial record CorruptionReport
{
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
        AlexNet = Result.IsImageNet ? new { ImageNetC.AlexNetCleanError, Source = "hendrycks/robustness issue 10; torchvision alexnet-owt-4df8aa71" } : null,
        Summary = new { Bare = Summary(Result.Bare), Purified = Result.Purified is { } purified ? Summary(purified) : null },
        Result.Clean,
        Result.Cells,
        Corruptions = Result.Bare.Corruptions.Select(corruption => new { Corruption = corruption, Bare = Figures(Result.Bare, corruption), Purified = Result.Purified is { } behind ? Figures(behind, corruption) : null }),
        Result.UnreadableCount,
        Result.Unreadable,
        PassedOver,
        Notes = Notes(),
        Result.Seconds,
        Machine,
    }, RecordFiles.Json) + "\n";

    private protected override void AppendTables(StringBuilder text)
    {
        text.AppendTable(SummaryHeaders, SummaryRows());
        text.AppendTable(AccuracyHeaders, AccuracyRows());
        if (ErrorRows() is { Count: > 0 } errors)
            text.AppendTable(ErrorHeaders, errors);
    }

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
