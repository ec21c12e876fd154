using System.Globalization;
using System.Text;
using System.Text.Json;
using Maep.Training;

namespace Maep.Evaluation.Protocols;

/// <summary>A protocol's run with everything needed to repeat it: terminal table, JSON record and Markdown.</summary>
public sealed record ProtocolReport
{
    private static readonly string[] FixedHeaders = ["Attack", "Attacker", "Bare", "Defence", "95 % interval", "Images"];

    /// <summary>Command line that produced it.</summary>
    public required string Command { get; init; }

    /// <summary>Set, for example "cifar10-test".</summary>
    public required string Dataset { get; init; }

    /// <summary>Seed of the attacks.</summary>
    public required long Seed { get; init; }

    /// <summary>Classifier attacked and measured.</summary>
    public required ModelReference Classifier { get; init; }

    /// <summary>Purifier; null when the bare classifier alone was measured.</summary>
    public ModelReference? Purifier { get; init; }

    /// <summary>Classifier of the transfer attacks; null for none.</summary>
    public ModelReference? Transfer { get; init; }

    /// <summary>What was run.</summary>
    public required Protocol Protocol { get; init; }

    /// <summary>What was found.</summary>
    public required ProtocolResult Result { get; init; }

    /// <summary>The twelve flags.</summary>
    public required IReadOnlyList<ProtocolFlag> Flags { get; init; }

    /// <summary>Processor architecture, cores and libraries.</summary>
    public string Machine { get; init; } = ResultRecord.ThisMachine;

    /// <summary>Column titles of <see cref="Rows"/>.</summary>
    public IReadOnlyList<string> Headers =>
        [.. FixedHeaders, .. Result.Probe.IsRandom ? [$"Vote of {ProtocolRun.JudgingDraws}", $"Worst of {ProtocolRun.JudgingDraws}"] : Array.Empty<string>()];

    /// <summary>"purifier ahead of classifier".</summary>
    public string Title => Purifier is null ? Classifier.File : $"{Purifier.File} ahead of {Classifier.File}";

    /// <summary>The headline in one sentence.</summary>
    public string Headline => string.Create(CultureInfo.InvariantCulture,
        $"Worst case over all attacks, image by image: {Share(Result.WorstCase)} of {Result.WorstCase.Total} images right{(Result.WorstNonAdaptive is { } ignored ? $"; over the attacks that ignore the purifier: {Share(ignored)} of {ignored.Total}" : "")}.");

    /// <summary>What adaptive attacks differentiate where the purifier has no gradient of its own, as a sentence; null for exact gradients.</summary>
    public string? StandInNote => Result.Probe.GradientStandIn is { } standIn ? $"Gradients of the adaptive attacks: {standIn}. They may be weaker than the purifier is strong." : null;

    /// <summary>The table that terminals and reports show.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows() =>
    [
        Row("none", "clean", Result.BareClean, Result.Clean, Result.CleanMajorityVote, Result.CleanWorstDraw),
        .. Result.Findings.Select(finding => Row(finding.Attack.Name, ProtocolAttack.Label(finding.Attack.Knowledge), finding.BareRobust, finding.Robust, finding.MajorityVote, finding.WorstDraw)),
        .. Result.WorstNonAdaptive is { } ignored ? [Row("worst case", "non-adaptive", null, ignored)] : Array.Empty<IReadOnlyList<string>>(),
        Row("worst case", "all", null, Result.WorstCase),
    ];

    /// <summary>Flag, state and figures.</summary>
    public IReadOnlyList<IReadOnlyList<string>> FlagRows() => [.. Flags.Select(flag => new[] { flag.Name, flag.Raised switch { true => "RAISED", false => "no", null => "-" }, flag.Detail })];

    /// <summary>Writes <paramref name="basePath"/>.json and .md.</summary>
    public void Save(string basePath) => RecordFiles.Save(basePath, ToJson(), ToMarkdown());

    /// <summary>The record: every figure, every verdict and every setting.</summary>
    public string ToJson() => JsonSerializer.Serialize(new
    {
        Command,
        Dataset,
        Protocol = Protocol.Name,
        EpsilonOver255 = Protocol.Epsilon * 255,
        Seed,
        Classifier,
        Purifier,
        Transfer,
        Result.BareClean,
        Result.Clean,
        Result.WorstNonAdaptive,
        Result.WorstCase,
        Attacks = Result.Findings.Select(finding => new
        {
            finding.Attack.Name,
            Attacker = ProtocolAttack.Label(finding.Attack.Knowledge),
            Settings = finding.Attack.Attack.Description,
            finding.BareRobust,
            finding.Robust,
            finding.MajorityVote,
            finding.WorstDraw,
            finding.Verdicts,
        }),
        Curve = Result.Curve.Select(point => new { EpsilonOver255 = point.Epsilon * 255, point.Robust }),
        Flags,
        Result.Probe,
        Machine,
    }, RecordFiles.Json) + "\n";

    /// <summary>The report as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {Title}, protocol {Protocol.Name}");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Dataset};{(Purifier?.Tiles is { } tiles ? $" {tiles};" : "")} Linf {Protocol.Epsilon * 255:0.##}/255; seed {Seed}; {Result.Findings.Sum(finding => finding.Verdicts.Seconds):F0} s on {Machine}.");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"**{Headline}**");
        text.AppendLine();
        text.AppendTable(Headers, Rows(), hasFigures: false);
        if (Result.Curve.Count > 0)
            text.AppendTable(["Epsilon, adaptive", "Accuracy"], [.. Result.Curve.Select(point => new[] { string.Create(CultureInfo.InvariantCulture, $"{point.Epsilon * 255:0.##}/255"), Share(point.Robust) })], hasFigures: false);
        if (StandInNote is not null)
            text.AppendLine(StandInNote).AppendLine();
        text.AppendTable(["Flag", "Raised", "Figures"], FlagRows(), hasFigures: false);
        text.AppendLine(Explanation);
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"`{Command}`");
        return text.ToString();
    }

    /// <summary>What the attackers know; printed under every table.</summary>
    public static string Explanation =>
        "Non-adaptive: the attacker ignores the purifier. Transfer: he attacks another classifier. Adaptive: he differentiates through purifier and classifier (BPDA: as if the purifier changed nothing). "
        + "Query: he sees answers only. Success counts on the image that a search ends with, or, where the settings say so, on the first that fools the whole defence. Non-adaptive robustness is not security against an attacker who knows the purifier. An image wrong when clean is not robust.";

    internal static string Share(AccuracyCount count) => string.Create(CultureInfo.InvariantCulture, $"{100 * count.Share:F2} %");

    private IReadOnlyList<string> Row(string attack, string attacker, AccuracyCount? bare, AccuracyCount defence, AccuracyCount? vote = null, AccuracyCount? worst = null) =>
    [
        attack, attacker, Share(bare), Share(defence), string.Create(CultureInfo.InvariantCulture, $"{100 * defence.Interval.Low:F1} to {100 * defence.Interval.High:F1}"), defence.Total.ToString(CultureInfo.InvariantCulture),
        .. Result.Probe.IsRandom ? [Share(vote), Share(worst)] : Array.Empty<string>(),
    ];

    private static string Share(AccuracyCount? count) => count is { } known ? Share(known) : "-";
}
