using System.Buffers.Binary;
using System.Collections;
using System.IO.Compression;
using Razorvine.Pickle;
using Razorvine.Pickle.Objects;
using static TorchSharp.torch;

namespace Maep.Networks;

/// <summary>
/// Reads the state dictionaries that <c>torch.save</c> writes (.pt, .pth, .th), as zip files since PyTorch 1.6 and as a row of pickles before. Nothing in
/// them is executed. Element types become float32.
/// </summary>
public static class TorchCheckpoint
{
    private const int LargestPickle = 64 << 20; // names and shapes; numbers stand apart
    private const int ProtocolVersion = 1001;

    private const string MagicNumber = "119547037146038801333356"; // larger than a long
    private const int DeepestNesting = 3; // a pickle may hold itself

    // Under which name training scripts keep the weights, in the order of preference.
    private static readonly string[] StateNames = ["state_dict", "model_state_dict", "model", "net", "ema_state_dict", "best_state_dict"];

    /// <summary>Reads the weights of a file; the caller disposes them.</summary>
    /// <returns>Tensors by name, float32.</returns>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or holds no state dictionary.</exception>
    public static Dictionary<string, Tensor> Load(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            var root = IsZip(stream) ? ReadZip(stream) : ReadLegacy(stream);
            var state = StateOf(root) ?? throw new InvalidDataException(root is ClassDict whole
                ? $"it holds a whole {whole.ClassName} object, whose code is not in the file"
                : "it holds no dictionary of tensors");
            return state.ToDictionary(pair => pair.Key, pair => pair.Value.ToTensor());
        }
        catch (Exception fault) when (fault is PickleException or IOException or InvalidDataException or InvalidCastException or FormatException or ArgumentException
                                          or OverflowException or IndexOutOfRangeException or KeyNotFoundException or NullReferenceException or OutOfMemoryException)
        {
            // Razorvine meets a damaged pickle with whatever its stack machine runs into.
            throw new InvalidDataException($"{path}: not a state dictionary of PyTorch ({fault.Message}); write one with torch.save(model.state_dict(), '{Path.GetFileName(path)}').", fault);
        }
    }

    private static Dictionary<string, TorchTensor>? StateOf(object root, int depth = 0)
    {
        if (root is not IDictionary dictionary || depth == DeepestNesting)
            return null;
        var tensors = dictionary.Keys.OfType<string>().Where(key => dictionary[key] is TorchTensor).ToDictionary(key => key, key => (TorchTensor)dictionary[key]!);
        return tensors.Count > 0 ? tensors
            : StateNames.Where(dictionary.Contains).Select(name => StateOf(dictionary[name]!, depth + 1)).FirstOrDefault(state => state is not null);
    }

    private static bool IsZip(Stream stream)
    {
        Span<byte> head = stackalloc byte[4];
        var read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return read == head.Length && head.SequenceEqual("PK\u0003\u0004"u8);
    }

    private static object ReadZip(Stream stream)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        var pickle = archive.Entries.FirstOrDefault(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new InvalidDataException("the zip file has no data.pkl");
        var folder = pickle.FullName[..^"data.pkl".Length];
        if (archive.GetEntry($"{folder}constants.pkl") is not null)
            throw new InvalidDataException("it is a TorchScript archive, which holds code; save the state dictionary instead");
        if (archive.GetEntry($"{folder}byteorder") is { } order && System.Text.Encoding.ASCII.GetString(ReadAll(order, 16)) == "big")
            throw new InvalidDataException("its numbers are big-endian");
        using var reader = new TorchUnpickler();
        var root = reader.loads(ReadAll(pickle, LargestPickle));
        foreach (var (key, storage) in reader.Storages)
        {
            var entry = archive.GetEntry($"{folder}data/{key}") ?? throw new InvalidDataException($"storage {key} is missing");
            if (entry.Length != storage.ByteCount)
                throw new InvalidDataException($"storage {key} has {entry.Length} bytes, {storage.ByteCount} expected");
            storage.Fill(ReadAll(entry, Array.MaxLength));
        }
        return root;
    }

    private static byte[] ReadAll(ZipArchiveEntry entry, long limit)
    {
        if (entry.Length > limit)
            throw new InvalidDataException($"{entry.FullName} has {entry.Length} bytes, at most {limit} are read");
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    // A magic number, a version, facts of the machine, the object, the keys of its storages, and then each storage: a count and its numbers.
    private static object ReadLegacy(Stream stream)
    {
        using var reader = new TorchUnpickler();
        if ($"{reader.load(stream)}" != MagicNumber || reader.load(stream) is not ProtocolVersion)
            throw new InvalidDataException("it is neither a zip file nor one that torch.save wrote before PyTorch 1.6");
        _ = reader.load(stream);
        var root = reader.load(stream);
        if (reader.load(stream) is not IEnumerable keys)
            throw new InvalidDataException("it does not list its storages");
        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (var key in keys.Cast<object>().Select(key => $"{key}"))
        {
            stream.ReadExactly(count);
            var storage = reader.Storages[key];
            if (BinaryPrimitives.ReadInt64LittleEndian(count) != storage.Count || storage.ByteCount > stream.Length - stream.Position)
                throw new InvalidDataException($"storage {key} of {storage.Count} numbers is not there as a whole");
            var bytes = new byte[storage.ByteCount];
            stream.ReadExactly(bytes);
            storage.Fill(bytes);
        }
        return root;
    }
}
