using System.Text;

namespace Maep.Evaluation.Tests.CommonCorruptions;

/// <summary>ONNX files of a classifier without weights: the score of a class is the mean of its colour channel.</summary>
internal static class TinyOnnx
{
    private const int Int = 2, Ints = 7; // AttributeProto.AttributeType

    /// <summary>Writes a file whose input has the given dimensions; 0 stands for any.</summary>
    public static string Write(string path, int[] dimensions, string input = "photo", string output = "brightness", string? second = null, bool keepDimensions = false)
    {
        int[] spatial = dimensions is [_, 3, _, _] ? [2, 3] : [1, 2];
        byte[] node(string name) =>
        [
            .. Text(1, input), .. Text(2, name), .. Text(4, "ReduceMean"),
            .. Field(5, [.. Text(1, "axes"), .. spatial.SelectMany(axis => Number(8, axis)), .. Number(20, Ints)]),
            .. Field(5, [.. Text(1, "keepdims"), .. Number(3, keepDimensions ? 1 : 0), .. Number(20, Int)]),
        ];
        int[] scores = keepDimensions ? [dimensions[0], 3, 1, 1] : [dimensions[0], 3];
        string[] outputs = second is null ? [output] : [output, second];
        byte[] graph =
        [
            .. outputs.SelectMany(name => Field(1, node(name))), .. Text(2, "tiny"),
            .. Field(11, Value(input, dimensions)), .. outputs.SelectMany(name => Field(12, Value(name, scores))),
        ];
        File.WriteAllBytes(path, [.. Number(1, 8), .. Field(7, graph), .. Field(8, [.. Text(1, ""), .. Number(2, 13)])]);
        return path;
    }

    private static byte[] Value(string name, int[] dimensions)
    {
        byte[] shape = [.. dimensions.SelectMany(size => Field(1, size > 0 ? Number(1, size) : Text(2, "N")))];
        return [.. Text(1, name), .. Field(2, Field(1, [.. Number(1, 1), .. Field(2, shape)]))];
    }

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
