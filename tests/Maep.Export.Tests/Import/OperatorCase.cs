using Google.Protobuf;
using Maep.Export.Import;
using Maep.Export.Proto;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Maep.Export.Tests.Import;

/// <summary>One operator at one opset with some attributes, computed by the importer and by ONNX Runtime.</summary>
/// <param name="Opset">Of the file.</param>
/// <param name="Operator">Its name, the domain before it.</param>
/// <param name="Shape">Of the input "x".</param>
/// <param name="Inputs">"x", constants' names, or "" for one that is left out.</param>
/// <param name="Constants">Those that the inputs name.</param>
/// <param name="Attributes">Of the node.</param>
internal sealed record OperatorCase(int Opset, string Operator, long[] Shape, string[] Inputs, TensorProto[] Constants, params AttributeProto[] Attributes)
{
    /// <summary>Name of the output that is compared, the only one unless said.</summary>
    public int Output { get; init; }

    /// <summary>Outputs of the node.</summary>
    public int Outputs { get; init; } = 1;

    /// <summary>Whether all values of the input are above 0.</summary>
    public bool Positive { get; init; }

    /// <summary>What is added to all values of the input.</summary>
    public float Start { get; init; }

    /// <summary>Whether gradients are compared: not where the operator rounds or steps.</summary>
    public bool HasGradient { get; init; } = true;

    public override string ToString() => $"{Operator} {Opset} [{string.Join(",", Shape)}] {string.Join(" ", Attributes.Select(Text))} {string.Join(" ", Inputs.Select(Text))}{(Outputs > 1 ? $" -> {Output} of {Outputs}" : "")}";

    /// <summary>Nodes from "x" to "y"; null for the operator alone.</summary>
    public NodeProto[]? Nodes { get; init; }

    public ModelProto Model()
    {
        if (Nodes is not null)
            return TestGraph.Model(Opset, TestGraph.Value("x", TestGraph.FloatType, Shape), ["y"], Nodes, Constants);
        var outputs = Enumerable.Range(0, Outputs).Select(index => index == Output ? "y" : $"y{index}").ToArray();
        var node = TestGraph.Node(Operator, Inputs, outputs, Attributes);
        return TestGraph.Model(Opset, TestGraph.Value("x", TestGraph.FloatType, Shape), ["y"], [node], Constants);
    }

    /// <summary>Input values away from 0, where many operators have a kink, all different.</summary>
    public float[] Values()
    {
        var random = new Random(5);
        var count = (int)Shape.Aggregate(1L, (product, size) => product * size);
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle(order);
        return [.. order.Select(place => 0.1f + 0.8f * (place + 0.5f) / count).Select(value => Positive || random.Next(2) == 0 ? Start + value : Start - value)];
    }

    private string Text(string input) => Constants.FirstOrDefault(constant => constant.Name == input) is { } found ? $"{input}[{string.Join(",", found.Dims)}]" : input.Length == 0 ? "-" : input;

    private static string Text(AttributeProto attribute) => attribute.Type switch
    {
        AttributeProto.Types.AttributeType.Int => $"{attribute.Name}={attribute.I}",
        AttributeProto.Types.AttributeType.Ints => $"{attribute.Name}={string.Join(",", attribute.Ints)}",
        AttributeProto.Types.AttributeType.Float => $"{attribute.Name}={attribute.F}",
        AttributeProto.Types.AttributeType.String => $"{attribute.Name}={attribute.S.ToStringUtf8()}",
        _ => attribute.Name,
    };
}

/// <summary>Runs a model in ONNX Runtime and by the importer.</summary>
internal sealed class TwoRuns : IDisposable
{
    private readonly InferenceSession _session;
    private readonly NetworkProgram _program;

    public TwoRuns(ModelProto model)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        _session = new InferenceSession(model.ToByteArray(), options);
        _program = new NetworkCompiler(model, "test", new TensorDecoder("test", null)).Compile(["x"], ["y"]);
    }

    public void Dispose() => _session.Dispose();

    public (double[] Values, int[] Shape) Expected(float[] values, long[] shape)
    {
        using var results = _session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(values, [.. shape.Select(size => (int)size)]))], ["y"]);
        return results[0].Value switch
        {
            Tensor<float> floats => ([.. floats.Select(value => (double)value)], floats.Dimensions.ToArray()),
            Tensor<long> longs => ([.. longs.Select(value => (double)value)], longs.Dimensions.ToArray()),
            Tensor<int> whole => ([.. whole.Select(value => (double)value)], whole.Dimensions.ToArray()),
            Tensor<byte> bytes => ([.. bytes.Select(value => (double)value)], bytes.Dimensions.ToArray()),
            Tensor<sbyte> bytes => ([.. bytes.Select(value => (double)value)], bytes.Dimensions.ToArray()),
            Tensor<ushort> shorts => ([.. shorts.Select(value => (double)value)], shorts.Dimensions.ToArray()),
            Tensor<short> shorts => ([.. shorts.Select(value => (double)value)], shorts.Dimensions.ToArray()),
            Tensor<bool> bits => ([.. bits.Select(value => value ? 1.0 : 0)], bits.Dimensions.ToArray()),
            Tensor<double> doubles => ([.. doubles], doubles.Dimensions.ToArray()),
            var other => throw new NotSupportedException(other?.GetType().ToString()),
        };
    }

    public Tensor Actual(Tensor x) => _program.Run([x])[0];

    /// <summary>Largest difference between the importer's directional derivative of a random sum of the output and differences through ONNX Runtime, as a share of the derivative's size.</summary>
    public double GradientError(float[] values, long[] shape)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(9);
        var x = tensor(values, shape).requires_grad_();
        var y = Actual(x);
        var weights = rand(y.shape, generator: random) + 0.5;
        var slope = autograd.grad([(y * weights).sum()], [x])[0];
        var worst = 0.0;
        for (var trial = 0; trial < 3; trial++)
        {
            var direction = randn(shape, generator: random);
            var analytic = (slope * direction).sum().to(ScalarType.Float64).item<double>();
            // Rounding spoils small steps, curvature large ones: one of them must agree.
            var closest = new[] { 3e-2f, 1e-2f, 3e-3f, 1e-3f }.Min(step => Math.Abs(Difference(x.detach(), direction, step, weights) - analytic));
            worst = Math.Max(worst, closest / Math.Max(slope.square().sum().sqrt().item<float>(), 1e-3));
        }
        return worst;
    }

    private double Difference(Tensor x, Tensor direction, float step, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var sums = new[] { step, -step }.Select(signed => Expected((x + direction * signed).data<float>().ToArray(), x.shape).Values
            .Zip(weights.contiguous().data<float>().ToArray(), (value, weight) => value * weight).Sum()).ToArray();
        return (sums[0] - sums[1]) / (2 * step);
    }
}
