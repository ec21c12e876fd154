using System.Text;

namespace Maep.Corruptions.Folders;

/// <summary>The header of NumPy's file format, version 1.0, for arrays of bytes in C order.</summary>
internal static class NpyHeader
{
    private const int Alignment = 64;
    private const int Preamble = 10; // magic number, version, length

    /// <summary>Writes the header; the bytes of the array follow it.</summary>
    public static void Write(Stream stream, params ReadOnlySpan<int> shape)
    {
        var sizes = string.Join(", ", shape.ToArray()) + (shape.Length == 1 ? "," : "");
        var text = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({sizes}), }}";
        var length = (Preamble + text.Length + 1 + Alignment - 1) / Alignment * Alignment - Preamble;
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(text.PadRight(length - 1) + "\n"));
    }
}
