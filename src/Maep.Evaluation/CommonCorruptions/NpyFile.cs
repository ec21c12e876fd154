using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>An array of whole numbers in NumPy's .npy format (versions 1 to 3), in C order. Only what is asked for is read.</summary>
public sealed partial class NpyFile
{
    private readonly string _path;
    private readonly long _start;

    private NpyFile(string path, long start, string type, long[] shape) => (_path, _start, Type, Shape) = (path, start, type, shape);

    /// <summary>Type of the elements in NumPy's spelling without byte order: u1 is a byte, i8 a 64-bit integer.</summary>
    public string Type { get; }

    /// <summary>Lengths of the axes, the first of them the slowest.</summary>
    public IReadOnlyList<long> Shape { get; }

    private int ElementBytes => Type[1] - '0';

    /// <summary>Reads the header and checks that the elements are all there.</summary>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Not .npy, truncated, in Fortran order, big-endian, or not of whole numbers.</exception>
    public static NpyFile Open(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; CIFAR-10-C has <corruption>.npy for every corruption, and labels.npy.", path);
        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[12];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !IsMagic(start))
            throw Fault(path, "no .npy file");
        var (lengthBytes, length) = start[6] switch
        {
            1 => (2, BinaryPrimitives.ReadUInt16LittleEndian(start[8..])),
            2 or 3 => (4, (long)BinaryPrimitives.ReadUInt32LittleEndian(start[8..])),
            var version => throw Fault(path, $"version {version} of the format is not known (1, 2 and 3 are)"),
        };
        if (length > stream.Length - 8 - lengthBytes)
            throw Fault(path, "truncated in its header");
        var header = new byte[length];
        stream.Position = 8 + lengthBytes;
        stream.ReadExactly(header);
        var file = Parse(path, 8 + lengthBytes + length, Encoding.ASCII.GetString(header));
        var expected = file._start + (file.Shape.Aggregate(1L, (product, axis) => product * axis) * file.ElementBytes);
        return stream.Length == expected ? file : throw Fault(path, $"{stream.Length} bytes, but its header promises {expected}");
    }

    /// <summary>Bytes of consecutive items of the first axis, as they are stored.</summary>
    /// <param name="first">0-based.</param>
    /// <param name="count">Items; they must lie inside the array.</param>
    public byte[] Read(long first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, Shape[0]);
        var item = Shape.Skip(1).Aggregate(1L, (product, axis) => product * axis) * ElementBytes;
        var bytes = new byte[count * item];
        using var stream = File.OpenRead(_path);
        stream.Position = _start + (first * item);
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The whole array as integers; for labels.</summary>
    public int[] ReadIntegers()
    {
        var (size, isSigned, bytes) = (ElementBytes, Type[0] == 'i', Read(0, checked((int)Shape[0])));
        return [.. Enumerable.Range(0, bytes.Length / size).Select(index => bytes.AsSpan(index * size, size) switch
        {
            [var single] => isSigned ? (sbyte)single : single,
            { Length: 2 } pair => isSigned ? BinaryPrimitives.ReadInt16LittleEndian(pair) : BinaryPrimitives.ReadUInt16LittleEndian(pair),
            { Length: 4 } four => checked(isSigned ? BinaryPrimitives.ReadInt32LittleEndian(four) : (int)BinaryPrimitives.ReadUInt32LittleEndian(four)),
            var eight => checked((int)BinaryPrimitives.ReadInt64LittleEndian(eight)),
        })];
    }

    private static bool IsMagic(ReadOnlySpan<byte> start) => start[0] == 0x93 && start[1..6].SequenceEqual("NUMPY"u8);

    private static NpyFile Parse(string path, long start, string header)
    {
        var (type, order, shape) = (TypePattern().Match(header), OrderPattern().Match(header), ShapePattern().Match(header));
        if (!type.Success || !order.Success || !shape.Success)
            throw Fault(path, $"its header says {header.Trim()}, which is neither an array of bytes nor of integers in little-endian order");
        if (order.Groups[1].Value == "True")
            throw Fault(path, "stored in Fortran order");
        long[] axes = [.. shape.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(axis => long.Parse(axis, CultureInfo.InvariantCulture))];
        return axes.Length > 0 ? new NpyFile(path, start, type.Groups[1].Value, axes) : throw Fault(path, "a single number, no array");
    }

    private static InvalidDataException Fault(string path, string fault) =>
        new($"{path}: {fault}; save it with numpy.save as a C-ordered array of uint8 (images) or of integers (labels).");

    [GeneratedRegex(@"'descr':\s*'[<|]([ui][1248])'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'fortran_order':\s*(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape':\s*\(([\d,\s]*)\)")]
    private static partial Regex ShapePattern();
}
