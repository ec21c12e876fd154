using System.Runtime.InteropServices;

namespace Maep.Networks;

/// <summary>The numbers behind tensors of a PyTorch file.</summary>
/// <param name="typeName">PyTorch's name of its class: "FloatStorage".</param>
/// <param name="count">Numbers that the file says it has.</param>
internal sealed class TorchStorage(string typeName, long count)
{
    private static readonly Dictionary<string, (int Bytes, Func<byte[], float[]> ToFloats)> Types = new()
    {
        ["FloatStorage"] = (4, bytes => MemoryMarshal.Cast<byte, float>(bytes).ToArray()),
        ["DoubleStorage"] = (8, bytes => Array.ConvertAll(MemoryMarshal.Cast<byte, double>(bytes).ToArray(), value => (float)value)),
        ["HalfStorage"] = (2, bytes => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), value => (float)value)),
        ["BFloat16Storage"] = (2, bytes => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), value => BitConverter.Int32BitsToSingle(value << 16))),
        ["LongStorage"] = (8, bytes => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), value => (float)value)),
        ["IntStorage"] = (4, bytes => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), value => (float)value)),
        ["ShortStorage"] = (2, bytes => Array.ConvertAll(MemoryMarshal.Cast<byte, short>(bytes).ToArray(), value => (float)value)),
        ["CharStorage"] = (1, bytes => Array.ConvertAll(MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(), value => (float)value)),
        ["ByteStorage"] = (1, bytes => Array.ConvertAll(bytes, value => (float)value)),
        ["BoolStorage"] = (1, bytes => Array.ConvertAll(bytes, value => (float)value)),
    };

    private float[]? _values;

    /// <summary>The classes that are read.</summary>
    public static IReadOnlyCollection<string> TypeNames => Types.Keys;

    /// <summary>Numbers in it.</summary>
    public long Count => count;

    /// <summary>Bytes that its numbers fill in a file.</summary>
    public long ByteCount => checked(count * Types[typeName].Bytes);

    /// <summary>The numbers, once the file's bytes have been given.</summary>
    /// <exception cref="InvalidDataException">They have not: the file ends before them.</exception>
    public float[] Values => _values ?? throw new InvalidDataException($"a {typeName} of {count} numbers is missing");

    /// <summary>Takes the bytes of the file.</summary>
    /// <param name="bytes">Little-endian numbers, <see cref="ByteCount"/> bytes.</param>
    public void Fill(byte[] bytes) => _values = bytes.Length == ByteCount ? Types[typeName].ToFloats(bytes)
        : throw new InvalidDataException($"a {typeName} of {count} numbers has {bytes.Length} bytes");
}
