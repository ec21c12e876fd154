using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Maep.Evaluation.CommonCorruptions;

/// <content>JSON and Markdown.</content>
public sealed partial record CorruptionReport
{
    /// <summary>Writes <paramref name="basePath"/>.json and .md.</summary>
    public void Save(string basePath) => RecordFiles.Save(basePath, ToJson(), ToMarkdown());

    /// <summary>The record: every count, every figure (null where it is withheld) and every setting.</summary>
    public string ToJson() => JsonSerializer.Serialize(new
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

    /// <summary>The record as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {Title}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{ClassifierDescription}.{(PurifierDescription is null ? "" : $" {PurifierDescription}.")} {Result.Seconds:F0} s on {Machine}.").AppendLine();
        text.AppendTable(SummaryHeaders, SummaryRows());
        text.AppendTable(AccuracyHeaders, AccuracyRows());
        if (ErrorRows() is { Count: > 0 } errors)
            text.AppendTable(ErrorHeaders, errors);
        foreach (var note in Notes())
            text.AppendLine(CultureInfo.InvariantCulture, $"- {note}");
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"`{Command}`");
        return text.ToString();
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
