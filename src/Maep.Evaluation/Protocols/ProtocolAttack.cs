using Maep.Attacks;

namespace Maep.Evaluation.Protocols;

/// <summary>One attack of a protocol.</summary>
/// <param name="Name">Short and unique in its protocol with <paramref name="Knowledge"/>: "PGD-100".</param>
/// <param name="Knowledge">What it may differentiate or ask.</param>
/// <param name="Attack">The attack with its settings.</param>
/// <param name="Images">Images it is run on, from the start of the set; attacks of many queries take fewer.</param>
public sealed record ProtocolAttack(string Name, AttackerKnowledge Knowledge, IAttack Attack, int Images = int.MaxValue)
{
    /// <summary>Name in state files and reports: "non-adaptive PGD-100".</summary>
    public string Title => $"{Label(Knowledge)} {Name}";

    /// <summary>How reports write what an attacker knows.</summary>
    public static string Label(AttackerKnowledge knowledge) => knowledge switch
    {
        AttackerKnowledge.NonAdaptive => "non-adaptive",
        AttackerKnowledge.Transfer => "transfer",
        AttackerKnowledge.Approximate => "adaptive (BPDA)",
        AttackerKnowledge.Adaptive => "adaptive",
        _ => "query",
    };
}
