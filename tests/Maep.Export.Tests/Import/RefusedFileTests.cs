using Google.Protobuf;
using Maep.Export.Import;
using Maep.Export.Proto;
using TorchSharp;
using static Maep.Export.Tests.Import.TestGraph;

namespace Maep.Export.Tests.Import;

/// <summary>Files that are no image classifier, are damaged, or ask for more than a classifier needs.</summary>
public sealed class RefusedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Files => new()
    {
        { "two inputs", "its output 'sum' needs 2 inputs (image, other); an image classifier has one." },
        { "text", "its input 'image' has elements of type Int64; images are float32, float16, double or uint8, so this is no image classifier (text comes as int64)." },
        { "a table", "its input 'image' has 2 axes [?, 12]; images have four, [N, C, H, W] or [N, H, W, C]." },
        { "a segmentation", "1 images give an output [1, 4, 8, 8]; a classifier gives one score for each class, [N, K]. Detectors, segmentations and purifiers of others cannot be opened." },
        { "one class", "it gives 1 score for an image; a classifier gives one for each of at least two classes, or one probability behind a Sigmoid as its last node. Export it with the two scores 0 and z." },
        { "two outputs", "it has 2 outputs that could be scores (scores, flat); an image classifier has one." },
        { "a label alone", "none of its outputs (label) holds scores; an image classifier gives one score for each class." },
        { "no image", "its output 'zeros' depends on no input; an image classifier takes images." },
        { "scores that are not finite", "ONNX Runtime gives scores that are not finite for random images in [0, 1]" },
        { "an unknown operator", "node 'Sparkle_positive' (Sparkle, opset 13) is no known operator; export the network with the operators listed in docs/onnx-import.md" },
        { "a function of the file", "node 'Sparkle_positive' (Sparkle, opset 13) is a function that the file defines; inline it when exporting" },
        { "an old opset", "Opsets before 7 are not guaranteed to run; convert the file to opset 13 (onnx.version_converter)." },
        { "an operator of a later opset", "node 'Mish_positive' (Mish, opset 13) is of an opset before 18, the oldest that can be opened; convert the file to opset 18 (onnx.version_converter)." },
        { "nodes out of order", "node 'Relu_positive' (Relu, opset 13) needs 'normalized', which no node before it makes" },
        { "no nodes", "it holds no network: the file is empty, cut off, or of another kind" },
        { "a short constant", "constant 'kernel' has 400 bytes for the shape [4, 3, 3, 3], which needs 432" },
        { "an impossible constant", "constant 'kernel' has the impossible shape [4611686018427387904, 4611686018427387904]" },
        { "a constant beyond memory", "constant 'kernel' has 70368744177664 bytes; at most 2 GiB can be read" },
        { "a negative size", "constant 'kernel' has a negative size -4" },
        { "a constant of text", "constant 'kernel' holds text, with which nothing can be computed" },
        { "huge zeros", "would make a tensor [1099511627776], 134217728 values are the limit while a file is opened" },
        { "huge images", "its input 'image' asks for [, 3, 1000000, 1000000]; at most 4096 rows and columns can be taken" },
        { "a huge expansion", "would make a tensor [1000000, 1000000], 134217728 values are the limit" },
        { "a huge broadcast", "would make a tensor [100000, 100000], 134217728 values are the limit" },
        { "a huge product", "would make a tensor [100000, 100000], 134217728 values are the limit" },
        { "huge pads", "134217728 values are the limit" },
        { "doubling", "are the limit" },
        { "a shared name", "makes 'positive', which another node made before" },
        { "matrices that do not fit", "node 'Gemm_scores' (Gemm, opset 13) multiplies matrices Float32 [1, 4] and Float32 [3, 5]" },
        { "a wrong attribute", "has the attribute 'transB' as Float, Int expected" },
        { "a condition for each image", "has a condition [2]; one value expected" },
    };

    [Theory, MemberData(nameof(Files))]
    public void A_file_is_refused_with_the_reason(string what, string reason)
    {
        var model = Make(what);

        var error = Assert.Throws<InvalidDataException>(() => OnnxImporter.Open(model.ToByteArray(), "test.onnx"));

        Assert.StartsWith("test.onnx: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static ModelProto Make(string what)
    {
        var model = TinyClassifier.Model();
        var graph = model.Graph;
        switch (what)
        {
            case "two inputs":
                graph.Input.Add(Value("other", FloatType, 0, 5));
                return model.Then(Node("Add", ["scores", "other"], ["sum"]));
            case "text": graph.Input[0] = Value("image", Int64Type, 1, 12); return model;
            case "a table": graph.Input[0] = Value("image", FloatType, 0, 12); return model;
            case "a segmentation": graph.Output[0].Name = "positive"; return model;
            case "matrices that do not fit": return model.With(Random("matrix", 5, 3), Random("offset", 1));
            case "one class": return model.With(Random("matrix", 1, 4), Random("offset", 1));
            case "two outputs": graph.Output.Add(new ValueInfoProto { Name = "flat" }); return model;
            case "a label alone": return model.Then(Node("ArgMax", ["scores"], ["label"], Int("axis", 1)));
            case "no image": return model.With(Longs("sizes", 1, 5)).Then(Node("ConstantOfShape", ["sizes"], ["zeros"]));
            case "scores that are not finite": return model.With(Tensor("offset", FloatType, [float.NaN, 0, 0, 0, 0], 5));
            case "an unknown operator": return model.Replace("positive", Node("Sparkle", ["normalized"], ["positive"]));
            case "a function of the file": model.Functions.Add(new FunctionProto { Name = "Sparkle" }); return model.Replace("positive", Node("Sparkle", ["normalized"], ["positive"]));
            case "an operator of a later opset": return model.Replace("positive", Node("Mish", ["normalized"], ["positive"]));
            case "an old opset": model.OpsetImport[0].Version = 6; return model;
            case "nodes out of order": (graph.Node[1], graph.Node[2]) = (graph.Node[2].Clone(), graph.Node[1].Clone()); return model;
            case "no nodes": graph.Node.Clear(); return model;
            case "a shared name": graph.Node.Insert(3, Node("Neg", ["normalized"], ["positive"])); return model;
            case "a wrong attribute": graph.Node[5].Attribute[0] = A("transB", 1f); return model;
            case "a condition for each image":
                GraphProto Branch(string output) => new() { Node = { Node("Neg", ["positive"], [output]) }, Output = { new ValueInfoProto { Name = output } } };
                return model.Replace("pooled", Node("If", ["flags"], ["either"],
                    new AttributeProto { Name = "then_branch", Type = AttributeProto.Types.AttributeType.Graph, G = Branch("a") },
                    new AttributeProto { Name = "else_branch", Type = AttributeProto.Types.AttributeType.Graph, G = Branch("b") }), Node("GlobalAveragePool", ["either"], ["pooled"])).With(Tensor("flags", BoolType, new byte[2], 2));
            default: return Large(model, what);
        }
    }

    private static ModelProto Large(ModelProto model, string what)
    {
        var kernel = model.Graph.Initializer.Single(constant => constant.Name == "kernel");
        switch (what)
        {
            case "a short constant": kernel.RawData = ByteString.CopyFrom(new byte[400]); return model;
            case "an impossible constant": (kernel.Dims[0], kernel.Dims[1]) = (1L << 62, 1L << 62); kernel.Dims.RemoveAt(3); kernel.Dims.RemoveAt(2); return model;
            case "a constant beyond memory": kernel.Dims.Clear(); kernel.Dims.Add(1L << 44); return model;
            case "a negative size": kernel.Dims[0] = -4; return model;
            case "a constant of text": kernel.DataType = 8; return model;
            case "huge zeros": return Added(model, [Node("ConstantOfShape", ["sizes"], ["large"])], Longs("sizes", 1L << 40));
            case "huge images": model.Graph.Input[0] = Value("image", FloatType, 0, 3, 1000000, 1000000); return model;
            case "a huge expansion": return Added(model, [Node("Expand", ["offset", "sizes"], ["large"])], Longs("sizes", 1000000, 1000000), Random("offset", 1));
            case "a huge broadcast": return Added(model, [Node("Add", ["column", "row"], ["large"])], Random("column", 100000, 1), Random("row", 1, 100000));
            case "a huge product": return Added(model, [Node("MatMul", ["column", "row"], ["large"])], Random("column", 100000, 1), Random("row", 1, 100000));
            case "huge pads": model.Graph.Node[0].Attribute[0] = A("pads", 100000, 100000, 100000, 100000); return model;
            default:
                return Added(model, [.. Enumerable.Range(0, 60).Select(index => Node("Concat", [index == 0 ? "bias" : $"twice{index}", index == 0 ? "bias" : $"twice{index}"], [index == 59 ? "large" : $"twice{index + 1}"], Int("axis", 0)))]);
        }
    }

    // The scores plus the mean of something large.
    private static ModelProto Added(ModelProto model, NodeProto[] nodes, params TensorProto[] constants) =>
        model.With(constants).Then([.. nodes, Node("ReduceMean", ["large"], ["mean-of-large"], Int("keepdims", 0)), Node("Add", ["scores", "mean-of-large"], ["sum"])]);

    [Theory]
    [InlineData("../weights.bin", "outside the model's folder")]
    [InlineData("/etc/hostname", "outside the model's folder")]
    [InlineData("missing.bin", "which does not exist; put the file beside the model")]
    public void External_data_stays_in_the_folder(string location, string reason)
    {
        var path = External(location, null, null);

        var error = Assert.Throws<InvalidDataException>(() => OnnxImporter.Open(path));

        Assert.StartsWith($"{path}: external data of constant 'kernel' lies in ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "9000000000000000", "has 9000000000000000 bytes in")]
    [InlineData("9000000000000000000", "432", "ends at byte 9000000000000000432 of")]
    [InlineData("-1", "432", "has the offset '-1', a whole number of bytes expected")]
    [InlineData("1", "432", "ends at byte 433 of")]
    public void External_data_that_its_file_does_not_hold_is_refused(string? offset, string length, string reason)
    {
        var path = External("weights.bin", offset, length);
        File.WriteAllBytes(_folder.File("weights.bin"), new byte[432]);

        var error = Assert.Throws<InvalidDataException>(() => OnnxImporter.Open(path));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var graph = new GraphProto { Node = { Node("Relu", ["x"], ["y"]) } };
        for (var depth = 0; depth < 300; depth++)
            graph = new GraphProto { Node = { Node("If", ["c"], ["y"], new AttributeProto { Name = "then_branch", G = graph }) } };

        var error = Assert.Throws<InvalidDataException>(() => OnnxImporter.Open(new ModelProto { Graph = graph }.ToByteArray(), "test.onnx"));

        Assert.StartsWith("test.onnx: not a complete ONNX file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_refused_or_opens_but_never_crashes()
    {
        const int Nodes = 700; // stand first in the file
        var whole = TinyClassifier.Model().ToByteArray();
        var random = new Random(8);
        var (refused, opened) = (0, 0);
        for (var trial = 0; trial < 600; trial++)
        {
            var bytes = trial % 3 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (var change = 0; trial % 3 != 0 && change < trial % 3; change++)
                bytes[random.Next(trial % 2 == 0 ? bytes.Length : Nodes)] = (byte)random.Next(256);
            using var scope = torch.NewDisposeScope();
            try
            {
                OnnxImporter.Open(bytes, "test.onnx");
                opened++;
            }
            catch (InvalidDataException error)
            {
                Assert.StartsWith("test.onnx: ", error.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(refused > 100 && opened > 0, $"{refused} refused, {opened} opened"); // a changed weight is another network, not a damaged file
    }

    private string External(string location, string? offset, string? length)
    {
        var model = TinyClassifier.Model();
        var kernel = model.Graph.Initializer.Single(constant => constant.Name == "kernel");
        kernel.RawData = ByteString.Empty;
        kernel.DataLocation = TensorProto.Types.DataLocation.External;
        foreach (var (key, value) in new[] { ("location", location), ("offset", offset), ("length", length) })
        {
            if (value is not null)
                kernel.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        }
        var path = _folder.File("model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }
}
