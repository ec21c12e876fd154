using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maep.Evaluation.Comparison;

/// <summary>What the paper gives, %: accuracy on clean images and under a non-adaptive attack.</summary>
public sealed record PaperAccuracy(double Clean, double Robust);

/// <summary>One row of a comparison.</summary>
/// <param name="Title">What is compared: "Reconstruction (Eq. 16)".</param>
/// <param name="Purifier">Its weights.</param>
/// <param name="Results">What was measured here, one for each seed; the first has the adaptive attack.</param>
public sealed record ComparisonRow(string Title, ModelReference Purifier, IReadOnlyList<RobustnessResult> Results)
{
    /// <summary>Training set; null for a purifier that learned nothing.</summary>
    public string? TrainedOn { get; init; }

    /// <summary>Recipe that trained the purifier; null where it came as a file or by name.</summary>
    public string? RecipeHash { get; init; }

    /// <summary>Steps it was trained for.</summary>
    public long? Steps { get; init; }

    /// <summary>Images of a step.</summary>
    public int? BatchSize { get; init; }

    /// <summary>What the adaptive attack differentiates where the purifier has no gradient of its own; null where its gradients are exact.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GradientStandIn { get; init; }

    /// <summary>The paper's figures; null where it gives none, or for another set, norm or budget.</summary>
    public PaperAccuracy? Paper { get; init; }
}

/// <summary>Several purifiers under the same attack; a file of <c>results/</c>.</summary>
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

    /// <summary>Runs of the attack on the bare classifier, with seeds 0, 1, 2 and so on.</summary>
    public required int Seeds { get; init; }

    /// <summary>Classifier attacked and measured.</summary>
    public required ModelReference Classifier { get; init; }

    /// <summary>The paper's figures of its bare classifier; null as for <see cref="ComparisonRow.Paper"/>.</summary>
    public PaperAccuracy? PaperBare { get; init; }

    /// <summary>What was measured, in the order of the table.</summary>
    public required IReadOnlyList<ComparisonRow> Rows { get; init; }

    /// <summary>Runs that are not finished, one line each.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Processor architecture, cores and libraries.</summary>
    public string Machine { get; init; } = ResultRecord.ThisMachine;

    /// <summary>Column titles of <see cref="Cells"/>.</summary>
    public static IReadOnlyList<string> Headers { get; } =
        ["Purifier", "Trained on, steps x images", "Clean, %", "Robust, non-adaptive, %", "Average with non-adaptive, %", "Robust, adaptive, %", "PSNR, dB / SSIM", "Paper: clean / robust, %"];

    /// <summary>What the columns are; printed under the table.</summary>
    public const string Explanation = "In brackets 95 % intervals; after ± the standard deviation over seeds, on the same images. PSNR and SSIM are of purified clean images. "
        + "The paper's figures are for a WRN-28-10 at 8/255, non-adaptive; it has no adaptive ones, and does not give the steps of its PGD. " + ResultRecord.Explanation;

    /// <summary>The table, the bare classifier first.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cells() => [BareClassifier(), .. Rows.Select(Row)];

    /// <summary>Writes <paramref name="basePath"/>.json and .md.</summary>
    public void Save(string basePath) => RecordFiles.Save(basePath, JsonSerializer.Serialize(this, RecordFiles.Json) + "\n", ToMarkdown());

    /// <summary>The record as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        var first = Rows[0].Results[0];
        text.AppendLine(CultureInfo.InvariantCulture, $"{Title}, ahead of {Classifier.File}: {Dataset}, {first.BareClean.Total} images ({first.Adaptive?.Total ?? 0} adaptively); {Attack}; {(Seeds == 1 ? "seed 0" : $"seeds 0 to {Seeds - 1}")}.\n");
        text.AppendTable(Headers, Cells());
        text.AppendLine(CultureInfo.InvariantCulture, $"{Explanation}\n");
        string[] notes = [.. Notes()];
        foreach (var line in notes)
            text.AppendLine(CultureInfo.InvariantCulture, $"- {line}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{(notes.Length > 0 ? "\n" : "")}`{Command}`");
        return text.ToString();
    }

    /// <summary>What must be known beside the table, one line each: how adaptive attacks got their gradients, and what is not measured.</summary>
    public IEnumerable<string> Notes()
    {
        foreach (var row in Rows.Where(row => row.Results[0].Adaptive is not null))
        {
            if (row.GradientStandIn is { } standIn)
                yield return $"{row.Title}: gradients of the adaptive attack: {standIn}. Such an attack may be weaker than the purifier is strong.";
            if (row.Results[0].AgainstDraws() is { } draws)
                yield return $"{row.Title} {draws}";
        }
        foreach (var line in Missing)
            yield return $"not measured: {line}";
    }

    private IReadOnlyList<string> BareClassifier()
    {
        var results = Rows[0].Results;
        return ["none", "", Share(results[0].BareClean), Robust([.. results.Select(result => result.BareRobust)]), Average(results[0].BareClean, results.Select(result => result.BareRobust)), "", "", Paper(PaperBare?.Clean, PaperBare?.Robust)];
    }

    private static IReadOnlyList<string> Row(ComparisonRow row)
    {
        var first = row.Results[0];
        var robust = row.Results.Select(result => result.NonAdaptive!.Value).ToList();
        return
        [
            row.Title, TrainedOn(row), Share(first.PurifiedClean!.Value), Robust(robust), Average(first.PurifiedClean.Value, robust),
            first.Adaptive is { } adaptive ? Share(adaptive) : "", string.Create(CultureInfo.InvariantCulture, $"{first.Psnr:F2} / {first.Ssim:F3}"), Paper(row.Paper?.Clean, row.Paper?.Robust),
        ];
    }

    private static string TrainedOn(ComparisonRow row) =>
        row.Steps is { } steps ? string.Create(CultureInfo.InvariantCulture, $"{row.TrainedOn}, {steps:N0} x {row.BatchSize}") : row.TrainedOn ?? "nothing";

    private static string Paper(double? clean, double? robust) => clean is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{clean:F2} / {robust:F2}");

    private static string Average(AccuracyCount clean, IEnumerable<AccuracyCount> robust) =>
        string.Create(CultureInfo.InvariantCulture, $"{50 * (clean.Share + robust.Average(count => count.Share)):F1}");

    private static string Share(AccuracyCount count) => string.Create(CultureInfo.InvariantCulture, $"{100 * count.Share:F1} ({Interval(count)})");

    // Seeds share their images: the interval is that of one run.
    private static string Robust(List<AccuracyCount> runs)
    {
        if (runs.Count == 1)
            return Share(runs[0]);
        var mean = runs.Average(run => run.Share);
        var deviation = Math.Sqrt(runs.Sum(run => Math.Pow(run.Share - mean, 2)) / (runs.Count - 1));
        return string.Create(CultureInfo.InvariantCulture, $"{100 * mean:F1} ± {100 * deviation:F1} ({Interval(new AccuracyCount((long)Math.Round(mean * runs[0].Total), runs[0].Total))})");
    }

    private static string Interval(AccuracyCount count) => string.Create(CultureInfo.InvariantCulture, $"{100 * count.Interval.Low:F1} to {100 * count.Interval.High:F1}");
}
