using System.Text.Json;
using Maep.Training;

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
    private sealed record Stored(string Run, Dictionary<string, AttackVerdicts> Attacks);

    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, IgnoreReadOnlyProperties = true };

    private readonly string? _path;
    private readonly string _run;
    private readonly Dictionary<string, AttackVerdicts> _attacks = [];

    /// <param name="path">File to keep; null keeps nothing.</param>
    /// <param name="run">Everything that the verdicts depend on: models, images, seed, protocol.</param>
    /// <exception cref="InvalidDataException">The file is damaged or belongs to another run.</exception>
    public ProtocolState(string? path, string run)
    {
        (_path, _run) = (path, run);
        if (path is null || !File.Exists(path))
            return;
        Stored? stored;
        try
        {
            stored = JsonSerializer.Deserialize<Stored>(File.ReadAllText(path), Format);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: no state of an evaluation ({fault.Message}); delete it to start again.", fault);
        }
        if (stored?.Run != run)
            throw new InvalidDataException($"{path}: belongs to another evaluation ({stored?.Run}); this one is {run}. Give another --output, or delete the file to start again.");
        _attacks = stored.Attacks;
    }

    /// <summary>What an attack has found so far.</summary>
    public AttackVerdicts this[string attack]
    {
        get => _attacks.GetValueOrDefault(attack) ?? new AttackVerdicts();
        set
        {
            _attacks[attack] = value;
            if (_path is not null)
                AtomicFile.WriteText(_path, JsonSerializer.Serialize(new Stored(_run, _attacks), Format));
        }
    }

    /// <summary>Removes the file: the run is complete and reported.</summary>
    public void Delete()
    {
        if (_path is not null)
            File.Delete(_path);
    }
}
