namespace Maep.Evaluation.Protocols;

/// <summary>What an attacker knows of the defence, purifier and classifier together. Verdicts are always those of the whole defence.</summary>
public enum AttackerKnowledge
{
    /// <summary>He differentiates the bare classifier and ignores the purifier.</summary>
    NonAdaptive,

    /// <summary>He differentiates another classifier, and ignores the purifier.</summary>
    Transfer,

    /// <summary>He runs the purifier but differentiates it as if it changed nothing (BPDA with identity).</summary>
    Approximate,

    /// <summary>He differentiates purifier and classifier end to end.</summary>
    Adaptive,

    /// <summary>He sends images to the whole defence and reads its scores, or its decisions.</summary>
    Query,
}
