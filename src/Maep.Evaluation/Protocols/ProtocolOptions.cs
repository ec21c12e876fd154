namespace Maep.Evaluation.Protocols;

/// <summary>Sizes, seed and state of a protocol's run.</summary>
public sealed record ProtocolOptions
{
    /// <summary>Images attacked together, at least 1.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Seed of the attacks.</summary>
    public long Seed { get; init; }

    /// <summary>File that keeps finished batches; null keeps none.</summary>
    public string? StatePath { get; init; }

    /// <summary>What identifies models and data, for the state file: digests and names.</summary>
    public string Subject { get; init; } = "";
}
