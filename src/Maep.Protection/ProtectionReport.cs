using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Maep.Evaluation;
using Maep.Evaluation.Protocols;
using Maep.Training;

namespace Maep.Protection;

/// <summary>What became of a protection: figures, choices and everything needed to repeat it.</summary>
public sealed record ProtectionReport
{
    /// <summary>The classifier and what was found out about it.</summary>
    public required ProtectedClassifier Classifier { get; init; }

    /// <summary>The images.</summary>
    public required ImageSplit Images { get; init; }

    /// <summary>Budget, minutes, seed.</summary>
    public required ProtectionOptions Options { get; init; }

    /// <summary>How the minutes were spent.</summary>
    public required ProtectionPlan Plan { get; init; }

    /// <summary>Images that figures come from.</summary>
    public required int TestImages { get; init; }

    /// <summary>What was trained and chosen.</summary>
    public required ProtectionTraining Training { get; init; }

    /// <summary>Recipe of the training.</summary>
    public required PurifierRecipe Recipe { get; init; }

    /// <summary>The figures, on the images for figures.</summary>
    public required ProtocolReport Measurement { get; init; }

    /// <summary>Minutes used, all sittings together.</summary>
    public required double Minutes { get; init; }

    /// <summary>Processor minutes used, all sittings together.</summary>
    public required double ProcessorMinutes { get; init; }

    /// <summary>How much of the classifier's clean accuracy is left under the worst of the non-adaptive attacks, image by image, behind the purifier.</summary>
    public double KeptShare => Measurement.Result.BareClean.Correct == 0 ? 0 : Measurement.Result.WorstNonAdaptive!.Value.Share / Measurement.Result.BareClean.Share;

    /// <summary>What happened, a sentence each.</summary>
    public IReadOnlyList<string> Sentences() =>
    [
        .. Classifier.Notes,
        .. Classifier.Reference.Notes is { } notes ? [notes] : Array.Empty<string>(),
        $"{Images}.",
        Text($"{Plan.PairImages} training images were attacked with settings drawn at random, and {Training.Steps} steps of {Recipe.BatchSize} images trained from {Recipe.Start} in {Training.Minutes:F1} minutes."),
        Text($"On the images for choices the purifier to begin with keeps {100 * Training.Before.Clean:F1} % clean and {100 * Training.Before.Attacked:F1} % attacked, the trained one {100 * Training.After.Clean:F1} % and {100 * Training.After.Attacked:F1} % (non-adaptive); {(Training.IsBetter ? "the trained one is exported" : "the one to begin with is exported, as training did not improve it")}."),
        Text($"Non-adaptive worst case over the attacks: {100 * KeptShare:F1} % of the clean accuracy of the bare classifier."),
        Text($"{Minutes:F1} of {Options.Minutes} minutes used, {ProcessorMinutes:F1} processor minutes."),
        .. Warning(Measurement.Result.Find(AttackerKnowledge.Adaptive, "PGD-20")!.Robust, Measurement.Result.Find(AttackerKnowledge.NonAdaptive, "PGD-10")!.BareRobust!.Value) is { } warning ? [warning] : Array.Empty<string>(),
        .. Reliability() is { } word ? [word] : Array.Empty<string>(),
    ];

    /// <summary>The C# lines that put the purifier ahead of the classifier.</summary>
    public string Lines() => PipelineLines.Of(PipelineClassifier.Of(Classifier), Images.Test.Height, Images.Test.Width, Recipe.Network.ImageSize);

    /// <summary>Writes <paramref name="basePath"/>.json, .md and .html.</summary>
    /// <param name="basePath">Path without extension.</param>
    /// <param name="page">Page of <see cref="Measurement"/>, which what was done is added to.</param>
    public void Save(string basePath, HtmlReport page)
    {
        RecordFiles.Save(basePath, ToJson(), ToMarkdown());
        (page with
        {
            Title = $"A purifier for {Path.GetFileName(Classifier.Path)}",
            Subtitle = [Measurement.Headline, .. Sentences(), ProtocolReport.Explanation],
            Code = [("Purifier ahead of the classifier, ML.NET", Lines())],
        }).Write(basePath + ".html");
    }

    /// <summary>The record of the measurement, and beside it what was done.</summary>
    public string ToJson()
    {
        var record = JsonNode.Parse(Measurement.ToJson())!.AsObject();
        record["protection"] = JsonSerializer.SerializeToNode(new
        {
            Options.Minutes,
            MinutesUsed = Minutes,
            ProcessorMinutes,
            Options.Seed,
            Images = new { Training = Images.Training.Count, Validation = Images.Validation.Count, Test = Images.Test.Count, Measured = TestImages },
            Classifier.Notes,
            Plan,
            Training,
            KeptShare,
        }, RecordFiles.Json);
        record["protection"]!["recipe"] = JsonNode.Parse(Recipes.ToJson(Recipe));
        return record.ToJsonString(RecordFiles.Json) + "\n";
    }

    /// <summary>The report as Markdown: the card of the purifier.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# A purifier for {Path.GetFileName(Classifier.Path)}").AppendLine();
        foreach (var sentence in Sentences())
            text.AppendLine(CultureInfo.InvariantCulture, $"- {sentence}");
        text.AppendLine().Append(Measurement.ToMarkdown()).AppendLine();
        return text.AppendLine("```csharp").Append(Lines()).AppendLine("```").ToString();
    }

    /// <summary>A warning where a purifier makes things worse: ahead of a classifier that withstands attacks by itself it can.</summary>
    /// <param name="adaptive">The defence under an attacker who knows it.</param>
    /// <param name="bare">The bare classifier under attack.</param>
    internal static string? Warning(AccuracyCount adaptive, AccuracyCount bare) => adaptive.Interval.High >= bare.Interval.Low ? null
        : Text($"An attacker who knows the purifier does better than one who meets the bare classifier: {100 * adaptive.Share:F1} % (PGD-20, adaptive) against {100 * bare.Share:F1} % (PGD-10). Where such attackers are to be expected, leave the purifier out.");

    private string? Reliability() => TestImages switch
    {
        < 50 => Text($"{TestImages} images are too few for a figure: what is printed shows that everything runs, and no more."),
        < 100 => Text($"{TestImages} images: these figures are preliminary."),
        _ => null,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
