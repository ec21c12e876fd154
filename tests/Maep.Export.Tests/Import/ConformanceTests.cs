using Google.Protobuf;
using Maep.Export.Import;
using Maep.Export.Proto;
using TorchSharp;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import;

/// <summary>ONNX's own conformance models with inputs and outputs (Debian's libonnx-testdata).</summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    private const string Root = "/usr/share/libonnx-testdata/data";

    private static readonly string[] Groups = ["node", "simple", "pytorch-operator", "pytorch-converted"];

    // The suite's own; a few operators say why they need more.
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    private static readonly Dictionary<string, (double Absolute, string Reason)> Wider = new()
    {
        ["test_cast_FLOAT_to_BFLOAT16"] = (1.0 / 256, "the suite cuts to bfloat16; ONNX Runtime and libtorch round"),
        ["test_castlike_FLOAT_to_BFLOAT16_expanded"] = (1.0 / 256, "the suite cuts to bfloat16; ONNX Runtime and libtorch round"),
        ["test_castlike_FLOAT_to_BFLOAT16"] = (1.0 / 256, "the type to be like is bfloat16, which is computed in 32 bits and not rounded"),
    };

    /// <summary>Operators that no image classifier needs, by why they are left out.</summary>
    private static readonly Dictionary<string, string> NotInScope = new (string Reason, string[] Operators)[]
    {
        ("training: losses, optimisers, gradients", ["NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss", "Adagrad", "Adam", "Momentum", "Gradient"]),
        ("sequences, optional values and maps", ["SequenceInsert", "SequenceMap", "SequenceConstruct", "SequenceAt", "SequenceEmpty", "SequenceErase", "SequenceLength", "SplitToSequence", "ConcatFromSequence", "OptionalGetElement", "OptionalHasElement", "Optional"]),
        ("text", ["StringNormalizer", "TfIdfVectorizer"]),
        ("recurrence and loops", ["GRU", "LSTM", "RNN", "Loop", "Scan", "ReverseSequence"]),
        ("sound and spectra", ["DFT", "STFT", "BlackmanWindow", "HammingWindow", "HannWindow", "MelWeightMatrix"]),
        ("detection", ["NonMaxSuppression", "RoiAlign"]),
        ("random numbers", ["Bernoulli", "RandomNormal", "RandomUniform", "RandomUniformLike"]),
        ("outputs whose size depends on values", ["Compress", "NonZero", "Unique"]),
        ("operators outside the list of docs/onnx-import.md", ["BitShift", "Det", "GridSample", "MaxUnpool", "Scatter"]),
    }.SelectMany(group => group.Operators.Select(name => (name, group.Reason))).ToDictionary(pair => pair.name, pair => pair.Reason);

    // ONNX Runtime excludes these two as well: with "align_corners" it counts the places that there are, the suite a fraction of one.
    private static readonly string[] OtherwiseInOnnxRuntime = ["test_resize_downsample_scales_cubic_align_corners", "test_resize_downsample_scales_linear_align_corners"];

    [SkippableFact]
    public void Every_case_whose_operators_are_in_the_list_passes()
    {
        Skip.IfNot(Directory.Exists(Root), $"'{Root}' does not exist; install the package libonnx-testdata.");
        var (passed, total) = (0, 0);
        var left = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var failed = new List<string>();
        foreach (var folder in Groups.SelectMany(group => Directory.GetDirectories(Path.Combine(Root, group))).Order(StringComparer.Ordinal))
        {
            total++;
            var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
            if (Excluded(model, Path.GetFileName(folder)) is { } reason)
            {
                left[reason] = left.GetValueOrDefault(reason) + 1;
                continue;
            }
            var fault = Try(model, folder);
            if (fault is null)
                passed++;
            else
                failed.Add($"{Path.GetFileName(folder)}: {fault}");
        }

        var summary = $"{passed} of {total}, {left.Values.Sum()} not in scope: {string.Join(", ", left.Select(pair => $"{pair.Value} {pair.Key}"))}";
        output.WriteLine(summary);
        Assert.True(failed.Count == 0, $"{summary}\n{failed.Count} failed:\n{string.Join('\n', failed)}");
    }

    private static string? Excluded(ModelProto model, string name)
    {
        if (OtherwiseInOnnxRuntime.Contains(name))
            return "computed otherwise by ONNX Runtime";
        var nodes = model.Graph.Node.SelectMany(Inside).ToList();
        if (nodes.Select(node => NotInScope.GetValueOrDefault(node.OpType)).FirstOrDefault(reason => reason is not null) is { } known)
            return known;
        if (model.Graph.Input.Concat(model.Graph.Output).Any(value => value.Type?.TensorType is null))
            return NotInScope["Optional"];
        if (model.Graph.Input.Concat(model.Graph.Output).Any(value => (ElementType)value.Type.TensorType.ElemType == ElementType.String))
            return NotInScope["StringNormalizer"];
        if (nodes.Any(node => node.OpType == "Dropout" && node.Input.Count > 2 && node.Input[2].Length > 0))
            return NotInScope["Adam"]; // Dropout in training mode
        if (nodes.Any(node => node.OpType == "ScatterND" && node.Attribute.Any(attribute => attribute.S.ToStringUtf8() == "mul")))
            return NotInScope["Scatter"];
        return null;
    }

    private static IEnumerable<NodeProto> Inside(NodeProto node) =>
        node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute => attribute.G.Node.SelectMany(Inside)).Prepend(node);

    private static string? Try(ModelProto model, string folder)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        try
        {
            var decoder = new TensorDecoder(folder, folder);
            var constants = model.Graph.Initializer.Select(constant => constant.Name).ToHashSet();
            var inputs = model.Graph.Input.Select(input => input.Name).Where(name => !constants.Contains(name)).ToList();
            var outputs = model.Graph.Output.Select(value => value.Name).ToList();
            var program = new NetworkCompiler(model, "test", decoder).Compile(inputs, outputs);
            foreach (var set in Directory.GetDirectories(folder, "test_data_set_*"))
            {
                var arguments = inputs.Select((_, index) => decoder.Decode(Read(set, $"input_{index}.pb", model.Graph.Input, inputs[index]))).ToList();
                var results = program.Run(arguments);
                foreach (var (index, actual) in results.Index())
                {
                    if (Difference(actual, decoder.Decode(Read(set, $"output_{index}.pb", model.Graph.Output, outputs[index])), Path.GetFileName(folder)) is { } fault)
                        return $"output {index}: {fault}";
                }
            }
            return null;
        }
        catch (InvalidDataException fault)
        {
            return fault.Message;
        }
    }

    // The suite stores bfloat16 as the uint16 of its bits; the model says what it is.
    private static TensorProto Read(string set, string file, IEnumerable<ValueInfoProto> values, string name)
    {
        var tensor = TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(set, file)));
        if ((ElementType)values.Single(value => value.Name == name).Type.TensorType.ElemType == ElementType.BFloat16)
            tensor.DataType = (int)ElementType.BFloat16;
        return tensor;
    }

    private static string? Difference(Tensor actual, Tensor expected, string name)
    {
        if (!actual.shape.SequenceEqual(expected.shape))
            return $"shape [{string.Join(", ", actual.shape)}], [{string.Join(", ", expected.shape)}] expected";
        var (a, b) = (Numbers(actual), Numbers(expected));
        var absolute = Wider.TryGetValue(name, out var wider) ? wider.Absolute : Absolute;
        var wrong = Enumerable.Range(0, a.Length).FirstOrDefault(index => !a[index].Equals(b[index]) && !(Math.Abs(a[index] - b[index]) <= absolute + Relative * Math.Abs(b[index])), -1);
        return wrong < 0 ? null : $"value {wrong} is {a[wrong]}, {b[wrong]} expected";
    }

    private static double[] Numbers(Tensor tensor) => tensor.numel() == 0 ? [] : tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
