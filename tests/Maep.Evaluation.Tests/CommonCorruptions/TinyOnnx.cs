using System.Text;

namespace Maep.Evaluation.Tests.CommonCorruptions;

/// <summary>ONNX files of a classifier without weights: the score of a class is the mean of its colour channel.</summary>
internal static class TinyOnnx
{
    private const int Int = 2, Ints = 7; // AttributeProto.AttributeType

    /// <summary>The types of ONNX that a picture may have.</summary>
    public const int Single = 1, Byte = 2, Half = 10;

    /// <summary>Writes a file whose input has the given dimensions; 0 stands for any.</summary>
    public static string Write(string path, int[] dimensions, string input = "photo", string output = "brightness", string? second = null, bool keepDimensions = false,
        int type = Single, int irVersion = 8, int opset = 13, string? weightsFile = null)
    {
        int[] spatial = dimensions is [_, 3 or 1, _, _] ? [2, 3] : [1, 2];
        var channels = spatial[0] == 2 ? dimensions[1] : dimensions[3];
        var pixels = type == Single ? input : "pixels";
        byte[] node(string name) =>
        [
            .. Text(1, pixels), .. Text(2, name), .. Text(4, "ReduceMean"),
            .. Field(5, [.. Text(1, "axes"), .. spatial.SelectMany(axis => Number(8, axis)), .. Number(20, Ints)]),
            .. Field(5, [.. Text(1, "keepdims"), .. Number(3, keepDimensions ? 1 : 0), .. Number(20, Int)]),
        ];
        int[] scores = keepDimensions ? [dimensions[0], channels, 1, 1] : [dimensions[0], channels];
        byte[] cast = [.. Text(1, input), .. Text(2, pixels), .. Text(4, "Cast"), .. Field(5, [.. Text(1, "to"), .. Number(3, Single), .. Number(20, Int)])];
        // Weights that are used, or ONNX Runtime would not look for them: they are added to the means, one for each image and class.
        byte[] adding = [.. Text(1, "means"), .. Text(1, "weights"), .. Text(2, output), .. Text(4, "Add")];
        byte[] weights = weightsFile is null ? [] : Field(5, [.. Number(1, 1), .. Number(2, Single), .. Text(8, "weights"), .. Field(13, [.. Text(1, "location"), .. Text(2, weightsFile)]), .. Number(14, 1)]);
        string[] outputs = second is null ? [output] : [output, second];
        byte[] graph =
        [
            .. type == Single ? [] : Field(1, cast), .. outputs.SelectMany(name => Field(1, node(weightsFile is null ? name : "means"))),
            .. weightsFile is null ? [] : Field(1, adding), .. Text(2, "tiny"), .. weights,
            .. Field(11, Value(input, dimensions, type)), .. outputs.SelectMany(name => Field(12, Value(name, scores, Single))),
        ];
        File.WriteAllBytes(path, [.. Number(1, irVersion), .. Field(7, graph), .. Field(8, [.. Text(1, ""), .. Number(2, opset)])]);
        return path;
    }

    private static byte[] Value(string name, int[] dimensions, int type)
    {
        byte[] shape = [.. dimensions.SelectMany(size => Field(1, size > 0 ? Number(1, size) : Text(2, "N")))];
        return [.. Text(1, name), .. Field(2, Field(1, [.. Number(1, type), .. Field(2, shape)]))];
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
