using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maep.Images;

namespace Maep.Evaluation.Directions;

/// <summary>One measurement of purification directions with everything needed to repeat it; a file of <c>results/</c>.</summary>
public sealed record DirectionsRecord
{
    private const double MeetsAt = 0.9; // a cosine of 0.9 is an angle of 26 degrees

    private static readonly JsonSerializerOptions Format = new(RecordFiles.Json) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Command line that produced it.</summary>
    public required string Command { get; init; }

    /// <summary>Set, for example "cifar10-test".</summary>
    public required string Dataset { get; init; }

    /// <summary>Attack with all its settings; it ignores the purifier.</summary>
    public required string Attack { get; init; }

    /// <summary>Seed of the attack.</summary>
    public required long Seed { get; init; }

    /// <summary>Classifier attacked and asked.</summary>
    public required ModelReference Classifier { get; init; }

    /// <summary>Purifier whose directions are measured.</summary>
    public required ModelReference Purifier { get; init; }

    /// <summary>Image by image.</summary>
    public required IReadOnlyList<PurifiedPair> Pairs { get; init; }

    /// <summary>Processor architecture, cores and libraries.</summary>
    public string Machine { get; init; } = ResultRecord.ThisMachine;

    /// <summary>What the symbols of the tables mean; printed under them.</summary>
    public const string Explanation =
        "P: purifier; x: clean image; x_a: its adversarial version, made by an attacker who ignores the purifier; lengths are L2 over all values in [0, 1].";

    /// <summary>Column titles of <see cref="DirectionRows"/>.</summary>
    public static IReadOnlyList<string> DirectionHeaders { get; } = ["Direction", "Mean", "10 %", "Median", "90 %"];

    /// <summary>Column titles of <see cref="AnswerRows"/>.</summary>
    public static IReadOnlyList<string> AnswerHeaders { get; } = ["Classifier", "Share", "95 % interval"];

    /// <summary>Cosines and lengths: mean and deciles over the images that have them.</summary>
    public IReadOnlyList<IReadOnlyList<string>> DirectionRows() =>
    [
        Spread("cosine of P(x) - x and P(x_a) - x_a (Eq. 12)", pair => pair.Cosine),
        Spread("the same, x_a of another image", pair => pair.NeighbourCosine),
        Spread("cosine of P(x_a) - x_a and x - x_a", pair => pair.UndoingCosine),
        Spread("length of P(x) - x", pair => pair.CleanLength),
        Spread("length of P(x_a) - x_a", pair => pair.AttackedLength),
        Spread("length of x_a - x", pair => pair.ChangeLength),
    ];

    /// <summary>What the classifier makes of the images, as shares of all.</summary>
    public IReadOnlyList<IReadOnlyList<string>> AnswerRows() =>
    [
        Share("same answer for P(x) and x + P(x_a) - x_a (Eq. 13)", pair => pair.Agrees),
        Share("right about x", pair => pair.CleanRight),
        Share("right about P(x)", pair => pair.PurifiedRight),
        Share("right about x + P(x_a) - x_a", pair => pair.MovedRight),
        Share("right about x - (x_a - x)", pair => pair.OppositeRight),
        Share("right about P(x_a), non-adaptive", pair => pair.AttackedRight),
    ];

    /// <summary>One sentence: how far the conjecture holds.</summary>
    public string Headline()
    {
        var cosines = Pairs.Select(pair => pair.Cosine).Where(double.IsFinite).ToList();
        return string.Create(CultureInfo.InvariantCulture,
            $"Over {Pairs.Count} images the directions have a mean cosine of {(cosines.Count == 0 ? double.NaN : cosines.Average()):F3}; {100.0 * cosines.Count(cosine => cosine >= MeetsAt) / Pairs.Count:F1} % reach {MeetsAt}. The classifier's answers agree on {100.0 * Pairs.Count(pair => pair.Agrees) / Pairs.Count:F1} %.");
    }

    /// <summary>Writes <paramref name="basePath"/>.json, .md and .html.</summary>
    public void Save(string basePath)
    {
        RecordFiles.Save(basePath, JsonSerializer.Serialize(this, Format) + "\n", ToMarkdown());
        Page().Write(basePath + ".html");
    }

    private string Title => $"Directions of {Purifier.File}, adversarial images of {Classifier.File}";

    private string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {Title}\n\n{Dataset}, {Pairs.Count} images; {Attack}; seed {Seed}; {Machine}.\n");
        text.AppendTable(DirectionHeaders, DirectionRows()).AppendTable(AnswerHeaders, AnswerRows());
        text.AppendLine(CultureInfo.InvariantCulture, $"{Headline()}\n\n{Explanation}\n\n`{Command}`");
        return text.ToString();
    }

    private HtmlReport Page() => new()
    {
        Title = Title,
        Subtitle = [Headline(), Explanation],
        Tables = [new HtmlTable("How the purifier moves images", DirectionHeaders, DirectionRows()), new HtmlTable("What the classifier makes of it", AnswerHeaders, AnswerRows())],
        Figures =
        [
            new HtmlHistogram("Images by the cosine of both directions", "cosine of P(x) - x and P(x_a) - x_a", -1, 1, [.. Pairs.Select(pair => pair.Cosine).Where(double.IsFinite)]),
            new HtmlHistogram("Images by the cosine with the direction that undoes the attack", "cosine of P(x_a) - x_a and x - x_a", -1, 1, [.. Pairs.Select(pair => pair.UndoingCosine).Where(double.IsFinite)]),
        ],
        Settings = [("images", $"{Dataset}, {Pairs.Count}"), ("attack", Attack), ("seed", Seed.ToString(CultureInfo.InvariantCulture)), ("weights", $"classifier {Classifier.Sha256}, purifier {Purifier.Sha256}"), ("machine", Machine), ("command", Command)],
    };

    private IReadOnlyList<string> Spread(string name, Func<PurifiedPair, double> value)
    {
        var sorted = Pairs.Select(value).Where(double.IsFinite).Order().ToList();
        return [name, .. sorted.Count == 0 ? ["", "", "", ""] : new[] { sorted.Average(), At(0.1), At(0.5), At(0.9) }.Select(number => number.ToString("F3", CultureInfo.InvariantCulture))];

        double At(double share) => sorted[(int)Math.Round(share * (sorted.Count - 1))];
    }

    private IReadOnlyList<string> Share(string name, Func<PurifiedPair, bool> holds)
    {
        var count = new AccuracyCount(Pairs.Count(holds), Pairs.Count);
        return [name, Percent(count.Share), $"{Percent(count.Interval.Low)} to {Percent(count.Interval.High)}"];
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");
}
