using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maep.Evaluation;

/// <summary>What a long run has found so far, kept in a file that is complete at every moment, so that a run that was killed goes on from it.</summary>
/// <typeparam name="T">What is kept, as JSON.</typeparam>
public sealed class RunState<T>
    where T : class
{
    private sealed record Stored(string Run, T Found);

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly string? _path;
    private readonly string _run;

    /// <param name="path">File to keep, under a shorter name where this one is too long; null keeps nothing.</param>
    /// <param name="run">Everything that the findings depend on: models, images, seed, options.</param>
    /// <exception cref="InvalidDataException">The file is damaged or belongs to another run.</exception>
    public RunState(string? path, string run)
    {
        (_path, _run) = (path is null ? null : AtomicFile.Fitting(path), run);
        if (_path is null || !File.Exists(_path))
            return;
        Stored? stored;
        try
        {
            stored = JsonSerializer.Deserialize<Stored>(File.ReadAllText(_path), Format);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{_path}: no state of an evaluation ({fault.Message}); delete it to start again.", fault);
        }
        if (stored?.Run != run || stored.Found is null)
            throw new InvalidDataException($"{_path}: belongs to another evaluation ({stored?.Run}); this one is {run}. Give another --output, or delete the file to start again.");
        Found = stored.Found;
    }

    /// <summary>What the file held when the run began; null where it begins anew.</summary>
    public T? Found { get; }

    /// <summary>Keeps what has been found.</summary>
    public void Save(T found)
    {
        if (_path is not null)
            AtomicFile.WriteText(_path, JsonSerializer.Serialize(new Stored(_run, found), Format));
    }

    /// <summary>Removes the file: the run is complete and reported.</summary>
    public void Delete()
    {
        if (_path is not null)
            File.Delete(_path);
    }
}
