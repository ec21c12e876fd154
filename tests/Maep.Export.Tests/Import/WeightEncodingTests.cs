using Google.Protobuf;
using Maep.Export.Import;
using Maep.Export.Proto;
using TorchSharp;
using static Maep.Export.Tests.Import.TestGraph;
using static Maep.Export.Tests.Import.TinyClassifier;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import;

/// <summary>The same weights in every encoding that files use.</summary>
public sealed class WeightEncodingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("float_data")]
    [InlineData("external")]
    [InlineData("double")]
    [InlineData("float16")]
    [InlineData("float16 in int32_data")]
    [InlineData("bfloat16")]
    [InlineData("constants are inputs")]
    [InlineData("nodes Constant")]
    public void Weights_in_any_encoding_are_the_same(string encoding)
    {
        var model = TinyClassifier.Model();
        var expected = Open(model).call(Pictures(3));
        foreach (var weight in model.Graph.Initializer.ToList())
            Encode(model, weight, encoding);
        var path = _folder.File("model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        var actual = OnnxImporter.Open(path).call(Pictures(3));

        Equal(expected, actual, encoding is "bfloat16" ? 3e-2 : encoding.StartsWith("float16", StringComparison.Ordinal) ? 3e-3 : 1e-6);
    }

    private void Encode(ModelProto model, TensorProto weight, string encoding)
    {
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(weight.RawData.Span).ToArray();
        var graph = model.Graph;
        switch (encoding)
        {
            case "float_data":
                weight.RawData = ByteString.Empty;
                weight.FloatData.AddRange(values);
                break;
            case "external":
                var path = _folder.File("weights.bin");
                var offset = File.Exists(path) ? new FileInfo(path).Length : 0;
                File.AppendAllBytes(path, weight.RawData.ToByteArray());
                weight.DataLocation = TensorProto.Types.DataLocation.External;
                weight.ExternalData.Add([Entry("location", "weights.bin"), Entry("offset", $"{offset}"), Entry("length", $"{weight.RawData.Length}")]);
                weight.RawData = ByteString.Empty;
                break;
            case "constants are inputs":
                model.IrVersion = 3;
                graph.Input.Insert(0, Value(weight.Name, FloatType, [.. weight.Dims]));
                break;
            case "nodes Constant":
                graph.Initializer.Remove(weight);
                graph.Node.Insert(0, Node("Constant", [], [weight.Name], A("value", weight)));
                break;
            default:
                var changed = Convert(weight, values, encoding);
                var name = weight.Name;
                changed.Name = $"{name}.stored";
                graph.Initializer.Remove(weight);
                graph.Initializer.Add(changed);
                graph.Node.Insert(0, Node("Cast", [changed.Name], [name], Int("to", FloatType)));
                break;
        }
    }

    private static TensorProto Convert(TensorProto weight, float[] values, string encoding)
    {
        if (encoding == "double")
            return Tensor("", DoubleType, Array.ConvertAll(values, value => (double)value), [.. weight.Dims]);
        if (encoding == "bfloat16")
            return Tensor("", 16, Array.ConvertAll(values, value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)), [.. weight.Dims]);
        var halves = Array.ConvertAll(values, value => (System.Half)value);
        if (encoding == "float16")
            return Tensor("", HalfType, halves, [.. weight.Dims]);
        return new TensorProto { DataType = HalfType, Dims = { weight.Dims }, Int32Data = { halves.Select(half => (int)BitConverter.HalfToUInt16Bits(half)) } };
    }

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };
}
