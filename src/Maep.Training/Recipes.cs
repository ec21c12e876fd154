using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Maep.Training;

/// <summary>
/// Reads recipe files: JSON with the property names of the recipe records in camel case, comments allowed. "extends" names a recipe file, relative to
/// its own, that a file changes: objects are merged, every other value replaced. A recipe is the same, hash included, however it was written down.
/// </summary>
public static class Recipes
{
    private const string Extends = "extends";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = false,
        IgnoreReadOnlyProperties = true,
    };

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Not JSON, a property that the recipe does not have, or files that extend each other.</exception>
    public static T Load<T>(string path)
    {
        var recipe = Read(path, []);
        try
        {
            return recipe.Deserialize<T>(Format) ?? throw new InvalidDataException($"{path}: holds no recipe.");
        }
        catch (JsonException fault)
        {
            throw Unusable(path, fault);
        }
    }

    /// <summary>A recipe, or a part of one, as one line of JSON.</summary>
    public static string ToJson<T>(T recipe) => JsonSerializer.Serialize(recipe, Format);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">Not such text.</exception>
    public static T FromJson<T>(string json) => JsonSerializer.Deserialize<T>(json, Format)!;

    /// <summary>The first 12 hexadecimal digits of the SHA-256 of a recipe's JSON: two recipes with one hash are the same.</summary>
    public static string Hash<T>(T recipe) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(recipe, Format)))[..12];

    private static JsonNode? Read(string path, HashSet<string> readers)
    {
        if (!readers.Add(Path.GetFullPath(path)))
            throw new InvalidDataException($"{path}: extends itself; let the last of the files that extend each other stand alone.");
        JsonNode? recipe;
        try
        {
            recipe = JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException fault)
        {
            throw Unusable(path, fault);
        }
        if (recipe is not JsonObject changes || !changes.Remove(Extends, out var name))
            return recipe;
        if (name?.GetValueKind() != JsonValueKind.String)
            throw new InvalidDataException($"{path}: '{Extends}' must be the path of a recipe file.");
        var basis = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name.GetValue<string>());
        if (!File.Exists(basis))
            throw new FileNotFoundException($"{path}: extends '{name.GetValue<string>()}', which does not exist; give a recipe file by its path from this one.", basis);
        return Read(basis, readers) is JsonObject whole ? Merged(whole, changes) : throw new InvalidDataException($"{basis}: holds no recipe.");
    }

    private static JsonObject Merged(JsonObject whole, JsonObject changes)
    {
        foreach (var (name, value) in changes)
            whole[name] = whole[name] is JsonObject part && value is JsonObject inner ? Merged(part, inner) : value?.DeepClone();
        return whole;
    }

    private static InvalidDataException Unusable(string path, JsonException fault) => new($"{path}: {fault.Message} Compare it with the files of recipes/.", fault);
}
