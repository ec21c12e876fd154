namespace Maep.Protection;

/// <summary>How far a protection is.</summary>
/// <param name="Phase">What is done now: "adversarial pairs", "training", "measuring".</param>
/// <param name="Share">Done of this phase, 0 to 1.</param>
/// <param name="Minutes">Used so far, all sittings together.</param>
/// <param name="Limit">Minutes in all.</param>
/// <param name="Detail">The attack under way, or the loss; empty where there is nothing to add.</param>
public sealed record ProtectionProgress(string Phase, double Share, double Minutes, double Limit, string Detail);
