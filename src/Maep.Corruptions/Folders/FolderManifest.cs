using System.Text.Encodings.Web;
using System.Text.Json;

namespace Maep.Corruptions.Folders;

/// <summary>manifest.json of a destination: what its files were made with, so that another run goes on only with the same.</summary>
/// <param name="Settings">All that the bytes of an output depend on besides its own path, by name.</param>
/// <param name="Unreadable">Source images that gave no output, with the reason, as of the last run.</param>
public sealed record FolderManifest(IReadOnlyDictionary<string, string> Settings, IReadOnlyList<string> Unreadable)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Begins or goes on with a destination.</summary>
    /// <exception cref="InvalidDataException">The folder holds files of other settings, or files without a manifest.</exception>
    public static void Begin(string destination, IReadOnlyDictionary<string, string> settings)
    {
        var path = Path.Combine(destination, FileName);
        if (File.Exists(path))
            RequireSame(path, destination, settings);
        else if (Directory.Exists(destination) && Directory.EnumerateFileSystemEntries(destination).Any())
            throw new InvalidDataException($"'{destination}' holds files but no {FileName}, so it is not known what they are; name a new or empty folder.");
        else
            new FolderManifest(settings, []).Write(destination);
    }

    /// <summary>Writes the file whole.</summary>
    public void Write(string destination) => AtomicFile.WriteText(Path.Combine(destination, FileName), JsonSerializer.Serialize(this, Format) + "\n");

    private static void RequireSame(string path, string destination, IReadOnlyDictionary<string, string> settings)
    {
        FolderManifest? found;
        try
        {
            found = JsonSerializer.Deserialize<FolderManifest>(File.ReadAllText(path), Format);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: no manifest ({fault.Message}); name another folder, or delete '{destination}'.", fault);
        }
        var names = settings.Keys.Union(found?.Settings?.Keys ?? []);
        if (names.FirstOrDefault(name => Value(found?.Settings, name) != Value(settings, name)) is { } other)
        {
            throw new InvalidDataException(
                $"'{destination}' was made with another {other}: {Value(found?.Settings, other)}; this run has {Value(settings, other)}. Give the same settings to go on, name another folder, or delete this one.");
        }
    }

    private static string Value(IReadOnlyDictionary<string, string>? settings, string name) => settings?.GetValueOrDefault(name) ?? "(none)";
}
