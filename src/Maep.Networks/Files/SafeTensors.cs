using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks;

/// <summary>The safetensors file format (Hugging Face): an 8-byte header length, a JSON header, raw little-endian tensors. Float32 only.</summary>
public static class SafeTensors
{
    private const string MetadataKey = "__metadata__";

    /// <summary>Reads every tensor of a file; the caller disposes them.</summary>
    /// <returns>Tensors by name, float32, and the file's metadata.</returns>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">The file is truncated, not safetensors, or holds another element type.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Load(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Writes tensors to a temporary name and renames, so that the file is never half written.</summary>
    /// <param name="path">File to write.</param>
    /// <param name="tensors">Tensors by name; written as float32.</param>
    /// <param name="metadata">Text kept in the header.</param>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes tensors part by part to a temporary name and renames: no more than a part is in memory.</summary>
    /// <param name="path">File to write.</param>
    /// <param name="tensors">Tensors in parts; written as float32.</param>
    /// <param name="metadata">Text kept in the header.</param>
    /// <exception cref="ArgumentException">The parts of a tensor are not as many values as its shape says.</exception>
    public static void SaveParts(string path, IReadOnlyList<TensorInParts> tensors, IReadOnlyDictionary<string, string> metadata) =>
        AtomicFile.Write(path, stream => WriteParts(stream, tensors, metadata));

    internal static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Parse(byte[] data, string path)
    {
        try
        {
            var headerBytes = checked((int)BinaryPrimitives.ReadInt64LittleEndian(data));
            using var header = JsonDocument.Parse(data.AsMemory(8, headerBytes));
            Dictionary<string, Tensor> tensors = [];
            Dictionary<string, string> metadata = [];
            foreach (var entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name == MetadataKey)
                    metadata = entry.Value.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "");
                else
                    tensors[entry.Name] = ReadTensor(data.AsSpan(8 + headerBytes), entry, path);
            }
            return (tensors, metadata);
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or OverflowException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: not a complete safetensors file ({data.Length} bytes); restore or train it again.", fault);
        }
    }

    internal static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata) =>
        WriteParts(stream, [.. tensors.Select(pair => new TensorInParts(pair.Key, pair.Value.shape, [pair.Value]))], metadata);

    private static void WriteParts(Stream stream, IReadOnlyList<TensorInParts> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new Dictionary<string, object> { [MetadataKey] = metadata };
        long offset = 0;
        foreach (var whole in tensors)
        {
            var end = offset + (sizeof(float) * whole.Values);
            header[whole.Name] = new { dtype = "F32", shape = whole.Shape, data_offsets = new[] { offset, end } };
            offset = end;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        stream.Write(length);
        stream.Write(json);
        foreach (var whole in tensors)
        {
            var written = 0L;
            foreach (var part in whole.Parts)
            {
                using var scope = NewDisposeScope();
                stream.Write(part.detach().cpu().to(ScalarType.Float32).contiguous().bytes);
                written += part.numel();
            }
            if (written != whole.Values)
                throw new ArgumentException($"'{whole.Name}' has {written} values in its parts; its shape [{string.Join(", ", whole.Shape)}] has {whole.Values}.", nameof(tensors));
        }
    }

    private static Tensor ReadTensor(ReadOnlySpan<byte> data, JsonProperty entry, string path)
    {
        var type = entry.Value.GetProperty("dtype").GetString();
        if (type != "F32")
            throw new InvalidDataException($"{path}: tensor '{entry.Name}' has type {type}; only F32 is read.");
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        int[] range = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(at => at.GetInt32())];
        var count = shape.Aggregate(1L, (product, size) => checked(product * size));
        if (range.Length != 2 || shape.Any(size => size < 0) || range[1] - range[0] != count * sizeof(float))
            throw new ArgumentException($"Tensor '{entry.Name}' of shape [{string.Join(", ", shape)}] does not fill its range.");
        return tensor(MemoryMarshal.Cast<byte, float>(data[range[0]..range[1]]).ToArray(), shape);
    }
}

/// <summary>A tensor that is made part by part, for a file that is larger than memory should hold.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Of the whole.</param>
/// <param name="Parts">Consecutive parts along the first dimension; who makes them disposes them, each when the next is asked for.</param>
public sealed record TensorInParts(string Name, long[] Shape, IEnumerable<Tensor> Parts)
{
    /// <summary>Number of values of the whole.</summary>
    public long Values => Shape.Aggregate(1L, (product, length) => product * length);
}
