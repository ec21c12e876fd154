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

    /// <summary>Setting with the overlays of frost; only where frost is made, so that it may come later.</summary>
    public const string Frost = "frost";

    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Begins or goes on with a destination.</summary>
    /// <returns>What the manifest says from now on.</returns>
    /// <exception cref="InvalidDataException">The folder holds files of other settings, or files without a manifest.</exception>
    public static FolderManifest Begin(string destination, IReadOnlyDictionary<string, string> settings)
    {
        var manifest = File.Exists(Path.Combine(destination, FileName)) ? GoOn(destination, settings)
            : Directory.Exists(destination) && Directory.EnumerateFileSystemEntries(destination).Any()
                ? throw new InvalidDataException($"'{destination}' holds files but no {FileName}, so it is not known what they are; name a new or empty folder.")
                : new FolderManifest(settings, []);
        manifest.Write(destination);
        return manifest;
    }

    /// <summary>Seed and frost of the corruptions in a folder, as reports print them; null where <c>maep corrupt</c> did not make it.</summary>
    public static string? Corruptions(string folder)
    {
        try
        {
            return File.Exists(Path.Combine(folder, FileName)) && Read(folder).Settings is var settings && Value(settings, "kind") == "corrupt"
                ? $"seed {Value(settings, "seed")}{(settings.TryGetValue(Frost, out var frost) ? $", frost {frost}" : "")}" : null;
        }
        catch (InvalidDataException)
        {
            return null; // another program's file of that name
        }
    }

    /// <summary>Writes the file whole.</summary>
    public void Write(string destination) => AtomicFile.WriteText(Path.Combine(destination, FileName), JsonSerializer.Serialize(this, Format) + "\n");

    private static FolderManifest GoOn(string destination, IReadOnlyDictionary<string, string> settings)
    {
        var found = Read(destination);
        var names = settings.Keys.Union(found.Settings.Keys).Where(name => name != Frost || (settings.ContainsKey(name) && found.Settings.ContainsKey(name)));
        if (names.FirstOrDefault(name => Value(found.Settings, name) != Value(settings, name)) is { } other)
        {
            throw new InvalidDataException(
                $"'{destination}' was made with another {other}: {Value(found.Settings, other)}; this run has {Value(settings, other)}. Give the same settings to go on, name another folder, or delete this one.");
        }
        return found with { Settings = new Dictionary<string, string>(found.Settings.UnionBy(settings, setting => setting.Key)) };
    }

    private static FolderManifest Read(string destination)
    {
        var path = Path.Combine(destination, FileName);
        try
        {
            var found = JsonSerializer.Deserialize<FolderManifest>(File.ReadAllText(path), Format);
            return new FolderManifest(found?.Settings ?? new Dictionary<string, string>(), found?.Unreadable ?? []);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: no manifest ({fault.Message}); name another folder, or delete '{destination}'.", fault);
        }
    }

    private static string Value(IReadOnlyDictionary<string, string> settings, string name) => settings.GetValueOrDefault(name, "(none)");
}
