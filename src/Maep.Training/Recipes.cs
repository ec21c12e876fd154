using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maep.Training;

/// <summary>Reads recipe files: JSON with the property names of the recipe records in camel case, comments allowed.</summary>
public static class Recipes
{
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
    /// <exception cref="InvalidDataException">Not JSON, or a property that the recipe does not have.</exception>
    public static T Load<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Format) ?? throw new InvalidDataException($"{path}: holds no recipe.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message} Compare it with the files of recipes/.", fault);
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
}
