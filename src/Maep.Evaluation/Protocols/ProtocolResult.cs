namespace Maep.Evaluation.Protocols;

/// <summary>What an attack found.</summary>
/// <param name="Attack">The attack.</param>
/// <param name="Verdicts">For each image.</param>
public sealed record ProtocolFinding(ProtocolAttack Attack, AttackVerdicts Verdicts)
{
    /// <summary>Robust accuracy of the whole defence.</summary>
    public AccuracyCount Robust => ProtocolRun.Count(Verdicts.Robust);

    /// <summary>Robust accuracy by the vote of <see cref="ProtocolRun.JudgingDraws"/> draws; null for a defence that does not draw.</summary>
    public AccuracyCount? MajorityVote => Verdicts.MajorityVote.Length == 0 ? null : ProtocolRun.Count(Verdicts.MajorityVote);

    /// <summary>Share of the images right in every one of <see cref="ProtocolRun.JudgingDraws"/> draws; null for a defence that does not draw.</summary>
    public AccuracyCount? WorstDraw => Verdicts.WorstDraw.Length == 0 ? null : ProtocolRun.Count(Verdicts.WorstDraw);

    /// <summary>Robust accuracy of the bare classifier; null where the attack is not aimed at it.</summary>
    public AccuracyCount? BareRobust => Verdicts.BareRobust.Length == 0 ? null : ProtocolRun.Count(Verdicts.BareRobust);
}

/// <summary>One budget of the curve.</summary>
/// <param name="Epsilon">Pixel units on [0, 1].</param>
/// <param name="Robust">Accuracy under an adaptive attack of this budget.</param>
public sealed record CurvePoint(double Epsilon, AccuracyCount Robust);

/// <summary>What a protocol found.</summary>
public sealed record ProtocolResult
{
    /// <summary>Clean accuracy of the whole defence.</summary>
    public required AccuracyCount Clean { get; init; }

    /// <summary>Clean accuracy by the vote of several draws; null for a defence that does not draw.</summary>
    public AccuracyCount? CleanMajorityVote { get; init; }

    /// <summary>Share of the clean images right in every one of several draws; null for a defence that does not draw.</summary>
    public AccuracyCount? CleanWorstDraw { get; init; }

    /// <summary>Clean accuracy of the bare classifier.</summary>
    public required AccuracyCount BareClean { get; init; }

    /// <summary>Of the whole defence on clean images, one character each.</summary>
    public required string CleanVerdicts { get; init; }

    /// <summary>Attack by attack, in the order of the protocol.</summary>
    public required IReadOnlyList<ProtocolFinding> Findings { get; init; }

    /// <summary>Accuracy against epsilon; empty where the protocol draws none.</summary>
    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    /// <summary>What the defence shows without an attack.</summary>
    public required DefenceProbe Probe { get; init; }

    /// <summary>Images right under every attack: the headline. Over the images that every attack was run on.</summary>
    public AccuracyCount WorstCase => Worst(Findings);

    /// <summary>The same over the attacks that ignore the purifier; null where there is none.</summary>
    public AccuracyCount? WorstNonAdaptive => Findings.Where(finding => finding.Attack.Knowledge is AttackerKnowledge.NonAdaptive or AttackerKnowledge.Transfer).ToList() is { Count: > 0 } some ? Worst(some) : null;

    /// <summary>The finding of an attack; null where the protocol has none.</summary>
    public ProtocolFinding? Find(AttackerKnowledge knowledge, string name) =>
        Findings.FirstOrDefault(finding => finding.Attack.Knowledge == knowledge && finding.Attack.Name == name);

    /// <summary>Images right under every one of some attacks, over the first images.</summary>
    /// <param name="findings">At least one.</param>
    /// <param name="most">Images to count at most; fewer where an attack was run on fewer.</param>
    internal static AccuracyCount Worst(IReadOnlyList<ProtocolFinding> findings, long most = int.MaxValue)
    {
        var images = (int)Math.Min(most, findings.Min(finding => finding.Verdicts.Done));
        return new AccuracyCount(Enumerable.Range(0, images).Count(image => findings.All(finding => finding.Verdicts.Robust[image] == '1')), images);
    }
}
