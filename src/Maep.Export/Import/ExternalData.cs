using System.Globalization;
using Maep.Export.Proto;

namespace Maep.Export.Import;

/// <summary>Constants that lie in files of their own beside the model; never read from outside the model's folder.</summary>
/// <param name="source">What errors call the model.</param>
/// <param name="folder">The model's folder; null where the model has none.</param>
internal sealed class ExternalData(string source, string? folder)
{
    /// <summary>Reads a constant's bytes.</summary>
    /// <param name="constant">With external data.</param>
    /// <param name="expected">Bytes that its shape needs.</param>
    /// <exception cref="InvalidDataException">The file is missing, outside the folder or too short.</exception>
    public byte[] Read(TensorProto constant, long expected)
    {
        var entries = constant.ExternalData.GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Last().Value);
        var path = Locate(constant, entries.GetValueOrDefault("location") ?? throw Fault(constant, "names no file"));
        using var stream = File.OpenRead(path);
        var offset = Number(constant, entries, "offset") ?? 0;
        var length = Number(constant, entries, "length") ?? stream.Length - offset;
        if (length != expected)
            throw Fault(constant, $"has {length} bytes in '{path}', its shape [{string.Join(", ", constant.Dims)}] needs {expected}");
        if (offset > stream.Length - length)
            throw Fault(constant, $"ends at byte {(Int128)offset + length} of '{path}', which has {stream.Length}");
        var bytes = new byte[length];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private string Locate(TensorProto constant, string location)
    {
        if (folder is null)
            throw Fault(constant, $"lies in the file '{location}', but the model came without a folder; open it by its path");
        var root = Path.GetFullPath(folder);
        var path = Path.GetFullPath(Path.Combine(root, location));
        if (!Inside(root, path))
            throw Fault(constant, $"lies in '{location}', outside the model's folder; external data is read only from that folder");
        if (!File.Exists(path))
            throw Fault(constant, $"lies in '{path}', which does not exist; put the file beside the model");
        var target = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        return Inside(root, target) ? path : throw Fault(constant, $"lies in '{location}', a link to '{target}' outside the model's folder; external data is read only from that folder");
    }

    private static bool Inside(string root, string path) => path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private long? Number(TensorProto constant, Dictionary<string, string> entries, string key) =>
        !entries.TryGetValue(key, out var text) ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
        : throw Fault(constant, $"has the {key} '{text}', a whole number of bytes expected");

    private InvalidDataException Fault(TensorProto constant, string reason) => new($"{source}: external data of constant '{constant.Name}' {reason}.");
}
