using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Maep.Evaluation.Comparison;

/// <summary>One row of a comparison.</summary>
/// <param name="Title">What is compared: "Reconstruction (Eq. 16)".</param>
/// <param name="RecipeHash">Recipe that trained the purifier.</param>
/// <param name="Steps">Steps it was trained for.</param>
/// <param name="Purifier">Its weights.</param>
/// <param name="Result">What was measured here.</param>
/// <param name="PaperClean">Clean accuracy in the paper, %; null where it gives none.</param>
/// <param name="PaperRobust">Non-adaptive robust accuracy in the paper, %.</param>
public sealed record ComparisonRow(string Title, string RecipeHash, long Steps, ModelReference Purifier, RobustnessResult Result, double? PaperClean, double? PaperRobust);

/// <summary>Purifiers of several recipes under the same attack; a file of <c>results/</c>.</summary>
public sealed record ComparisonRecord
{
    /// <summary>What the table is: "Loss designs".</summary>
    public required string Title { get; init; }

    /// <summary>Command line that produced it.</summary>
    public required string Command { get; init; }

    /// <summary>Set, for example "cifar10-test".</summary>
    public required string Dataset { get; init; }

    /// <summary>Attack with all its settings.</summary>
    public required string Attack { get; init; }

    /// <summary>Seed of the attack.</summary>
    public required long Seed { get; init; }

    /// <summary>Classifier attacked and measured.</summary>
    public required ModelReference Classifier { get; init; }

    /// <summary>What was measured, in the order of the table.</summary>
    public required IReadOnlyList<ComparisonRow> Rows { get; init; }

    /// <summary>Runs that are not finished, one line each.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Processor architecture, cores and libraries.</summary>
    public string Machine { get; init; } = ResultRecord.ThisMachine;

    /// <summary>Column titles of <see cref="Cells"/>.</summary>
    public static IReadOnlyList<string> Headers { get; } = ["Purifier", "Clean, %", "Robust, non-adaptive, %", "Average, %", "Robust, adaptive, %", "PSNR, dB", "Paper: clean / robust / average, %"];

    /// <summary>What the paper's column is; printed under the table.</summary>
    public const string Explanation = "The paper's figures are for a WRN-28-10 under non-adaptive AutoAttack (its Table 10); it has no adaptive ones. " + ResultRecord.Explanation;

    /// <summary>The table; accuracies with their 95 % intervals.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cells() => [.. Rows.Select(Row)];

    /// <summary>Writes <paramref name="basePath"/>.json and .md.</summary>
    public void Save(string basePath) => RecordFiles.Save(basePath, JsonSerializer.Serialize(this, RecordFiles.Json) + "\n", ToMarkdown());

    private string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {Title} ahead of {Classifier.File}\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"{Dataset}, {Rows[0].Result.BareClean.Total} images ({Rows[0].Result.Adaptive?.Total ?? 0} adaptively); {Attack}; seed {Seed}; {Machine}.\n");
        text.AppendTable(Headers, Cells());
        text.AppendLine(CultureInfo.InvariantCulture, $"{Explanation}\n");
        foreach (var line in Missing)
            text.AppendLine(CultureInfo.InvariantCulture, $"- not measured: {line}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{(Missing.Count > 0 ? "\n" : "")}`{Command}`");
        return text.ToString();
    }

    private static IReadOnlyList<string> Row(ComparisonRow row)
    {
        var (clean, robust) = (row.Result.PurifiedClean!.Value, row.Result.NonAdaptive!.Value);
        var paper = row is { PaperClean: { } paperClean, PaperRobust: { } paperRobust }
            ? string.Create(CultureInfo.InvariantCulture, $"{paperClean:F2} / {paperRobust:F2} / {(paperClean + paperRobust) / 2:F2}") : "";
        return
        [
            row.Title, Share(clean), Share(robust), string.Create(CultureInfo.InvariantCulture, $"{50 * (clean.Share + robust.Share):F1}"),
            row.Result.Adaptive is { } adaptive ? Share(adaptive) : "", row.Result.Psnr?.ToString("F1", CultureInfo.InvariantCulture) ?? "", paper,
        ];
    }

    private static string Share(AccuracyCount count) => string.Create(CultureInfo.InvariantCulture, $"{100 * count.Share:F1} ({100 * count.Interval.Low:F1} to {100 * count.Interval.High:F1})");
}
