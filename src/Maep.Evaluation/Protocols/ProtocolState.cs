namespace Maep.Evaluation.Protocols;

/// <summary>What one attack has found so far: one character for each image tried, '1' for right and '0' for wrong.</summary>
public sealed record AttackVerdicts
{
    /// <summary>Right on the attacked image by the whole defence, and right when clean.</summary>
    public string Robust { get; init; } = "";

    /// <summary>The same by the bare classifier; empty where the attack is not aimed at it.</summary>
    public string BareRobust { get; init; } = "";

    /// <summary>The same by the whole defence after the attacked image was stored with 8 bits a colour.</summary>
    public string EightBit { get; init; } = "";

    /// <summary>Of a random defence: right by the vote of several draws, and right by it when clean; empty for others.</summary>
    public string MajorityVote { get; init; } = "";

    /// <summary>Of a random defence: right in every one of several draws, and when clean; empty for others.</summary>
    public string WorstDraw { get; init; } = "";

    /// <summary>Largest change of a pixel.</summary>
    public double LargestChange { get; init; }

    /// <summary>Whether an attacked value left [0, 1] or is no number.</summary>
    public bool LeftRange { get; init; }

    /// <summary>Seconds so far, all sittings together.</summary>
    public double Seconds { get; init; }

    /// <summary>Images tried so far.</summary>
    public int Done => Robust.Length;
}

/// <summary>The verdicts of a run by attack, kept in a file after every batch, so that a run that was killed goes on and repeats nothing.</summary>
internal sealed class ProtocolState
{
    private readonly RunState<Dictionary<string, AttackVerdicts>> _state;
    private readonly Dictionary<string, AttackVerdicts> _attacks;

    /// <inheritdoc cref="RunState{T}(string, string)"/>
    public ProtocolState(string? path, string run)
    {
        _state = new RunState<Dictionary<string, AttackVerdicts>>(path, run);
        _attacks = _state.Found ?? [];
    }

    /// <summary>What an attack has found so far.</summary>
    public AttackVerdicts this[string attack]
    {
        get => _attacks.GetValueOrDefault(attack) ?? new AttackVerdicts();
        set
        {
            _attacks[attack] = value;
            _state.Save(_attacks);
        }
    }

    /// <summary>Removes the file: the run is complete and reported.</summary>
    public void Delete() => _state.Delete();
}
