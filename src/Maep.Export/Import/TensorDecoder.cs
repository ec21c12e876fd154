using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Maep.Export.Proto;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>
/// Constants of an ONNX file as tensors, in whatever encoding they are stored. Halves become 32-bit floats; unsigned integers that libtorch lacks
/// become the next larger signed ones, 4-bit integers 8-bit ones.
/// </summary>
/// <param name="source">What errors call the file.</param>
/// <param name="folder">Where external data may lie; null where there is none.</param>
internal sealed class TensorDecoder(string source, string? folder)
{
    /// <summary>Reads a constant.</summary>
    /// <exception cref="InvalidDataException">Its sizes and bytes do not agree, its type cannot be computed with, or its external data cannot be read.</exception>
    public Tensor Decode(TensorProto constant)
    {
        var type = (ElementType)constant.DataType;
        var count = Count(constant);
        var expected = SizeOf(type, count, constant);
        if (expected > int.MaxValue)
            throw Fault(constant, $"has {expected} bytes; at most 2 GiB can be read");
        var bytes = Bytes(constant, type, expected);
        if (bytes.Length != expected)
            throw Fault(constant, $"has {bytes.Length} bytes for the shape [{string.Join(", ", constant.Dims)}], which needs {expected}");
        return Tensor(type, bytes.Span, (int)count).reshape([.. constant.Dims]);
    }

    /// <summary>A copy of the constant that carries its external data inside, for a file that stands alone.</summary>
    public TensorProto Inline(TensorProto constant)
    {
        if (constant.DataLocation != TensorProto.Types.DataLocation.External)
            return constant;
        var bytes = Bytes(constant, (ElementType)constant.DataType, SizeOf((ElementType)constant.DataType, Count(constant), constant));
        return new TensorProto { Name = constant.Name, DataType = constant.DataType, Dims = { constant.Dims }, RawData = Google.Protobuf.ByteString.CopyFrom(bytes.Span) };
    }

    private ReadOnlyMemory<byte> Bytes(TensorProto constant, ElementType type, long expected)
    {
        if (constant.DataLocation == TensorProto.Types.DataLocation.External)
            return new ExternalData(source, folder).Read(constant, expected);
        if (constant.RawData.Length > 0)
            return constant.RawData.Memory;
        return type switch
        {
            ElementType.Float => MemoryMarshal.AsBytes<float>(constant.FloatData.ToArray()).ToArray(),
            ElementType.Double => MemoryMarshal.AsBytes<double>(constant.DoubleData.ToArray()).ToArray(),
            ElementType.Int64 => MemoryMarshal.AsBytes<long>(constant.Int64Data.ToArray()).ToArray(),
            ElementType.UInt64 => Narrow(constant.Uint64Data, 8),
            ElementType.UInt32 => Narrow(constant.Uint64Data, 4),
            ElementType.UInt4 or ElementType.Int4 => Narrow(constant.Int32Data.Select(value => (ulong)value), 1),
            _ => Narrow(constant.Int32Data.Select(value => (ulong)value), (int)SizeOf(type, 1, constant)),
        };
    }

    // Small types stand one to a larger number; their bits are its lowest.
    private static byte[] Narrow(IEnumerable<ulong> values, int size)
    {
        var buffer = new byte[sizeof(ulong)];
        var bytes = new List<byte>();
        foreach (var value in values)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
            bytes.AddRange(buffer.AsSpan(0, size));
        }
        return [.. bytes];
    }

    private long Count(TensorProto constant)
    {
        try
        {
            return constant.Dims.Aggregate(1L, (product, size) => size >= 0 ? checked(product * size) : throw Fault(constant, $"has a negative size {size}"));
        }
        catch (OverflowException)
        {
            throw Fault(constant, $"has the impossible shape [{string.Join(", ", constant.Dims)}]");
        }
    }

    private long SizeOf(ElementType type, long count, TensorProto constant)
    {
        if (count > long.MaxValue / sizeof(double))
            throw Fault(constant, $"has the impossible shape [{string.Join(", ", constant.Dims)}]");
        return type switch
        {
            ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => count,
            ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 2 * count,
            ElementType.Float or ElementType.Int32 or ElementType.UInt32 => 4 * count,
            ElementType.Double or ElementType.Int64 or ElementType.UInt64 => 8 * count,
            ElementType.UInt4 or ElementType.Int4 => (count + 1) / 2,
            ElementType.String => throw Fault(constant, "holds text, with which nothing can be computed; an image classifier needs none"),
            _ => throw Fault(constant, $"has element type {(int)type}, which is not supported; store it as float32, float16, bfloat16, double, an integer or bool"),
        };
    }

    private static Tensor Tensor(ElementType type, ReadOnlySpan<byte> bytes, int count) => type switch
    {
        ElementType.Float => tensor(MemoryMarshal.Cast<byte, float>(bytes).ToArray()),
        ElementType.Double => tensor(MemoryMarshal.Cast<byte, double>(bytes).ToArray()),
        ElementType.Float16 => tensor(Array.ConvertAll(MemoryMarshal.Cast<byte, System.Half>(bytes).ToArray(), value => (float)value)),
        ElementType.BFloat16 => tensor(Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), bits => BitConverter.UInt32BitsToSingle((uint)bits << 16))),
        ElementType.UInt8 => tensor(bytes.ToArray()),
        ElementType.Int8 => tensor(MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray()),
        ElementType.Bool => tensor(Array.ConvertAll(bytes.ToArray(), value => value != 0)),
        ElementType.Int16 => tensor(MemoryMarshal.Cast<byte, short>(bytes).ToArray()),
        ElementType.UInt16 => tensor(Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), value => (int)value)),
        ElementType.Int32 => tensor(MemoryMarshal.Cast<byte, int>(bytes).ToArray()),
        ElementType.UInt32 => tensor(Array.ConvertAll(MemoryMarshal.Cast<byte, uint>(bytes).ToArray(), value => (long)value)),
        ElementType.Int4 => tensor(Nibbles(bytes, count, nibble => (sbyte)((nibble ^ 8) - 8))),
        ElementType.UInt4 => tensor(Nibbles(bytes, count, nibble => (byte)nibble)),
        _ => tensor(MemoryMarshal.Cast<byte, long>(bytes).ToArray()), // Int64, and UInt64 whose upper half no index or shape reaches
    };

    private static T[] Nibbles<T>(ReadOnlySpan<byte> bytes, int count, Func<int, T> convert)
    {
        var values = new T[count];
        for (var index = 0; index < count; index++)
            values[index] = convert((bytes[index / 2] >> (index % 2 * 4)) & 15); // the first of two stands in the lower half
        return values;
    }

    private InvalidDataException Fault(TensorProto constant, string reason) => new($"{source}: constant '{constant.Name}' {reason}; the file is damaged or of another kind: export it again.");
}
