using System.Globalization;
using System.Text;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>What the reports over images that were changed on purpose, by corruptions or by other colours, have in common: their files.</summary>
/// <param name="Run">What they report.</param>
public abstract record ChangedImagesReport(ChangedImagesRun Run)
{
    /// <summary>"purifier ahead of classifier, set".</summary>
    public string Title => $"{(Run.Purifier is null ? "" : $"{Run.Purifier.File} ahead of ")}{Run.Classifier.File} on {Run.Dataset}";

    /// <summary>What a reader must know beside the figures.</summary>
    public abstract IReadOnlyList<string> Notes();

    /// <summary>The record: every count, every figure (null where it is withheld) and every setting.</summary>
    public abstract string ToJson();

    /// <summary>The record as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {Title}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Run.ClassifierDescription}.{(Run.PurifierDescription is null ? "" : $" {Run.PurifierDescription}.")} {Run.Result.Seconds:F0} s on {Run.Machine}.").AppendLine();
        AppendTables(text);
        foreach (var note in Notes())
            text.AppendLine(CultureInfo.InvariantCulture, $"- {note}");
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"`{Run.Command}`");
        return text.ToString();
    }

    /// <summary>Writes <paramref name="basePath"/>.json and .md.</summary>
    public void Save(string basePath) => RecordFiles.Save(basePath, ToJson(), ToMarkdown());

    /// <summary>Writes <paramref name="basePath"/>.html, and its charts as .png where the system has a font; each file is complete or untouched.</summary>
    /// <param name="basePath">Path without extension.</param>
    /// <param name="examples">Makes the pictures of images.</param>
    /// <param name="set">The images of the run.</param>
    /// <param name="clean">Their clean versions; null where there are none.</param>
    /// <returns>Whether there is a PNG.</returns>
    public bool WritePage(string basePath, CorruptionExamples examples, ICorruptedImages set, ICorruptedImages? clean)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var charts = Charts();
        new HtmlReport
        {
            Title = Title,
            Subtitle = Notes(),
            Tables = Tables(),
            Figures = charts,
            Pictures = examples.Pictures(set, clean) is { } pictures ? [pictures] : [],
            Settings =
            [
                ("classifier", $"{Run.Classifier.File}: {Run.ClassifierDescription}"),
                .. Run.Purifier is null ? Array.Empty<(string, string)>() : [("purifier", $"{Run.Purifier.File}: {Run.PurifierDescription}")],
                ("weights", $"classifier {Run.Classifier.Sha256}{(Run.Purifier is null ? "" : $", purifier {Run.Purifier.Sha256}")}"), ("machine", Run.Machine), ("command", Run.Command),
            ],
        }.Write(basePath + ".html");
        var png = charts.Select(chart => chart.Drawing).Aggregate((above, below) => above.Above(below)).ToPng();
        if (png is not null)
            AtomicFile.Write(basePath + ".png", stream => stream.Write(png));
        return png is not null;
    }

    private protected abstract void AppendTables(StringBuilder text);

    private protected abstract IReadOnlyList<HtmlTable> Tables();

    private protected abstract IReadOnlyList<HtmlDrawing> Charts();

    private protected string FitNote => $"Images at {Run.ImageSize}: {ImageFits.Description(Run.Options.Fit)}{(Run.Result.Clean is null ? "" : $"; clean images: {ImageFits.Description(Run.Options.CleanFit)}")}.";

    // A classifier of other classes, or of the same in another order, gives no error: its accuracy alone tells.
    private protected IEnumerable<string> ChanceNote()
    {
        var best = Run.Result.Clean is { Images: > 0 } clean ? clean : Run.Result.Cells.Where(cell => cell.Images > 0).MaxBy(cell => cell.Bare.Share);
        return best is null || Run.Classes is not { } classes || best.Bare.Share > 1.0 / classes ? []
            : [$"The classifier is right in {Percent(best.Bare.Share)} % of {(best.Severity == 0 ? "the clean images" : $"its best cell ({best.Corruption}, severity {best.Severity})")}, no more than chance ({Percent(1.0 / classes)} %): its classes may be others than those of these images or in another order, or it wants other sizes, mean and standard deviation."];
    }

    private protected IEnumerable<string> CutNote() => Run.Result.PurifiedCut == 0 ? [] :
        [string.Create(CultureInfo.InvariantCulture, $"Of {Run.Result.PurifiedCut} purified images values left [0, 1], against the contract of a purifier; they were cut to it.")];

    private protected IEnumerable<string> UnreadableNote() => Run.Result.UnreadableCount == 0 ? [] :
        [string.Create(CultureInfo.InvariantCulture, $"{Run.Result.UnreadableCount} images could not be used and count neither as right nor as wrong: {string.Join("; ", Run.Result.Unreadable.Take(5).Select(image => $"{image.Name} ({image.Reason})"))}{(Run.Result.UnreadableCount > 5 ? "; and more in the record" : "")}.")];

    private protected IEnumerable<string> PassedOverNote() => Run.PassedOver.Count == 0 ? [] :
        [$"Passed over, being no corruption, no severity 1..5 or without images: {string.Join(", ", Run.PassedOver.Take(10))}{(Run.PassedOver.Count > 10 ? string.Create(CultureInfo.InvariantCulture, $" and {Run.PassedOver.Count - 10} more") : "")}."];

    private protected static string Percent(double? share) => share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.0}") : "-";
}
