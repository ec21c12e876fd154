using System.Globalization;
using System.Text;
using System.Text.Json;
using Maep.Training;

namespace Maep.Evaluation;

/// <summary>Ways for a purifier of one size over larger images, compared on the same images.</summary>
public sealed record TilingStudy
{
    /// <summary>Command line that produced it.</summary>
    public required string Command { get; init; }

    /// <summary>Images.</summary>
    public required string Dataset { get; init; }

    /// <summary>Attack on the bare classifier, with all its settings.</summary>
    public required string Attack { get; init; }

    /// <summary>Seed of the attack.</summary>
    public required long Seed { get; init; }

    /// <summary>The classifier.</summary>
    public required ModelReference Classifier { get; init; }

    /// <summary>The purifier.</summary>
    public required ModelReference Purifier { get; init; }

    /// <summary>Bare classifier, clean images.</summary>
    public required AccuracyCount BareClean { get; init; }

    /// <summary>Bare classifier, attacked images.</summary>
    public required AccuracyCount BareRobust { get; init; }

    /// <summary>Each way.</summary>
    public required IReadOnlyList<TilingResult> Methods { get; init; }

    /// <summary>Processor architecture, cores and libraries.</summary>
    public string Machine { get; init; } = ResultRecord.ThisMachine;

    /// <summary>Column titles of <see cref="Rows"/>.</summary>
    public static IReadOnlyList<string> Headers { get; } = ["Way", "Tiles", "Clean", "Non-adaptive", "PSNR, dB", "Seam", "s/image", "by tiles alone"];

    /// <summary>The table.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows() =>
    [
        ["no purifier", "", Percent(BareClean), Percent(BareRobust), "", "", "", ""],
        .. Methods.Select(method => new[]
        {
            method.Method, method.Tiles.ToString(CultureInfo.InvariantCulture), Percent(method.Clean), Percent(method.NonAdaptive), Text($"{method.Psnr:F2}"), Text($"{method.Seam:F2}"),
            Text($"{method.Seconds:F3}"), method.CostOverTiles is { } cost ? Text($"{cost:F2}") : "",
        }),
    ];

    /// <summary>Writes <paramref name="basePath"/>.json and .md.</summary>
    public void Save(string basePath)
    {
        var text = new StringBuilder();
        text.AppendLine(Text($"## {Purifier.File} over {Dataset}, ahead of {Classifier.File}")).AppendLine();
        text.AppendLine(Text($"{BareClean.Total} images; {Attack}, on the bare classifier; seed {Seed}; {Machine}.")).AppendLine();
        text.AppendTable(Headers, Rows()).AppendLine($"`{Command}`");
        RecordFiles.Save(basePath, JsonSerializer.Serialize(this, RecordFiles.Json) + "\n", text.ToString());
    }

    private static string Percent(AccuracyCount count) => Text($"{100 * count.Share:F1} %");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
