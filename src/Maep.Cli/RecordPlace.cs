using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Maep.Evaluation;

namespace Maep.Cli;

/// <summary>Where a run writes its record, so that it takes no other model's place, and no other record's without a word.</summary>
/// <param name="command">Command line of the run.</param>
/// <param name="classifier">Classifier that it measures.</param>
/// <param name="purifier">Purifier that it measures; null without one, or where there are several.</param>
/// <param name="transfer">Classifier of transfer attacks; null without one.</param>
internal sealed class RecordPlace(string command, ModelReference classifier, ModelReference? purifier = null, ModelReference? transfer = null)
{
    private static readonly string[] Extensions = [".json", ".md", ".html", ".png"];

    private readonly (string Name, ModelReference? Model)[] _models = [("classifier", classifier), ("purifier", purifier), ("transfer", transfer)];

    /// <summary>
    /// The path of the record without extension: the one asked for, or the default. A default that holds a record or a state of other models, which may have the same file
    /// names, is left to them, and a digest of the models is appended to this one. Where a record will be replaced, that is said on the error stream.
    /// </summary>
    /// <param name="asked">What <c>--output</c> says; null for the default.</param>
    /// <param name="folder">Folder of the default, below runs/.</param>
    /// <param name="name">File name of the default.</param>
    /// <exception cref="IOException">The files of a record cannot have that path.</exception>
    public string Choose(string? asked, string folder, string name)
    {
        var path = asked ?? AtomicFile.Fitting(Path.Combine("runs", folder, name), room: 32); // for the digest and the longest extension
        if (asked is null && (HoldsOthersRecord(path) || HoldsOthersState(path)))
            path = $"{path}-{Digest()}";
        foreach (var extension in Extensions)
            AtomicFile.RequireName(path + extension);
        if (Replaced(path) is { } file)
            Console.Error.WriteLine($"{file} is there already, {Description(file)}, and this run will replace it; --output names another place.");
        return path;
    }

    // A file that is not the record of the same run over the same models, or belongs to none.
    private string? Replaced(string path) => !File.Exists(path + ".json") ? Extensions.Select(extension => path + extension).FirstOrDefault(File.Exists)
        : Read(path + ".json") is not { } record || Text(record, "command") != command || HoldsOthersRecord(path) ? path + ".json" : null;

    private string Digest() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', _models.Select(model => model.Model?.Sha256 ?? "none")))))[..8];

    private bool HoldsOthersRecord(string path) => File.Exists(path + ".json")
        && (Read(path + ".json") is not { } record || _models.Any(model => Digest(record, model.Name) is var found && found != model.Model?.Sha256 && (found is not null || model.Model is not null)));

    // The run of a state names the models by the beginning of their digests.
    private bool HoldsOthersState(string path) => File.Exists(path + ".state.json")
        && (Read(path + ".state.json") is not { } state || Text(state, "run") is not { } run || _models.Any(model => model.Model is not null && !run.Contains(model.Model.Sha256[..12], StringComparison.Ordinal)));

    private static string Description(string path) => Read(path) is { } record && Text(record, "command") is { } other ? $"the record of `{other}`" : "no record of a measurement";

    private static string? Digest(JsonElement record, string model) => record.TryGetProperty(model, out var found) && found.ValueKind == JsonValueKind.Object ? Text(found, "sha256") : null;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    // Null for a file that is no JSON object.
    private static JsonElement? Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
