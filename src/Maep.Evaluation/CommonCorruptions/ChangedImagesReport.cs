using System.Globalization;
using System.Text;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>What the reports over images that were changed on purpose, by corruptions or by other colours, have in common: everything needed to repeat the run.</summary>
public abstract record ChangedImagesReport
{
    /// <summary>Command line that produced it.</summary>
    public required string Command { get; init; }

    /// <summary>Name of the set evaluated.</summary>
    public required string Dataset { get; init; }

    /// <summary>Classifier measured.</summary>
    public required ModelReference Classifier { get; init; }

    /// <summary>How it takes images and gives scores.</summary>
    public required string ClassifierDescription { get; init; }

    /// <summary>Purifier ahead of it; null for none.</summary>
    public ModelReference? Purifier { get; init; }

    /// <summary>How the purifier was applied; null for none.</summary>
    public string? PurifierDescription { get; init; }

    /// <summary>Size of the images as the classifier gets them, "224x224".</summary>
    public required string ImageSize { get; init; }

    /// <summary>Settings of the run.</summary>
    public required CorruptionOptions Options { get; init; }

    /// <summary>What was found.</summary>
    public required CorruptionResult Result { get; init; }

    /// <summary>Processor architecture, cores and libraries.</summary>
    public string Machine { get; init; } = ResultRecord.ThisMachine;

    /// <summary>Files and settings, as pages print them.</summary>
    internal IReadOnlyList<(string Name, string Value)> Settings =>
    [
        ("classifier", $"{Classifier.File}: {ClassifierDescription}"),
        .. Purifier is null ? Array.Empty<(string, string)>() : [("purifier", $"{Purifier.File}: {PurifierDescription}")],
        ("weights", $"classifier {Classifier.Sha256}{(Purifier is null ? "" : $", purifier {Purifier.Sha256}")}"), ("machine", Machine), ("command", Command),
    ];

    /// <summary>"purifier ahead of classifier, set".</summary>
    public string Title => $"{(Purifier is null ? "" : $"{Purifier.File} ahead of ")}{Classifier.File} on {Dataset}";

    /// <summary>What a reader must know beside the figures.</summary>
    public abstract IReadOnlyList<string> Notes();

    /// <summary>The record: every count, every figure (null where it is withheld) and every setting.</summary>
    public abstract string ToJson();

    /// <summary>The record as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {Title}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{ClassifierDescription}.{(PurifierDescription is null ? "" : $" {PurifierDescription}.")} {Result.Seconds:F0} s on {Machine}.").AppendLine();
        AppendTables(text);
        foreach (var note in Notes())
            text.AppendLine(CultureInfo.InvariantCulture, $"- {note}");
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"`{Command}`");
        return text.ToString();
    }

    /// <summary>Writes <paramref name="basePath"/>.json and .md.</summary>
    public void Save(string basePath) => RecordFiles.Save(basePath, ToJson(), ToMarkdown());

    private protected abstract void AppendTables(StringBuilder text);

    private protected string FitNote => $"Images at {ImageSize}: {ImageFits.Description(Options.Fit)}{(Result.Clean is null ? "" : $"; clean images: {ImageFits.Description(Options.CleanFit)}")}.";

    private protected IEnumerable<string> UnreadableNote() => Result.UnreadableCount == 0 ? [] :
        [string.Create(CultureInfo.InvariantCulture, $"{Result.UnreadableCount} images could not be used and count neither as right nor as wrong: {string.Join("; ", Result.Unreadable.Take(5).Select(image => $"{image.Name} ({image.Reason})"))}{(Result.UnreadableCount > 5 ? "; and more in the record" : "")}.")];

    private protected static string Percent(double? share) => share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.0}") : "-";
}
