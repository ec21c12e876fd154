using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>What the gradient of an operator is where the operator itself has no useful one.</summary>
internal enum GradientKind
{
    /// <summary>The operator's own.</summary>
    Exact,

    /// <summary>The operator rounds; its gradient passes as if it did not.</summary>
    StraightThrough,

    /// <summary>The operator is a step function; no gradient passes.</summary>
    Zero,
}

/// <summary>One revision of an ONNX operator, computed with TorchSharp.</summary>
/// <param name="Name">As in the files, such as "Conv".</param>
/// <param name="Since">Opset that brought this revision; it serves every opset up to the next revision.</param>
/// <param name="Run">From a node with its inputs to its outputs; null for an optional output that is not made.</param>
internal sealed record Operator(string Name, int Since, Func<OperatorCall, Tensor?[]> Run)
{
    /// <param name="name">As in the files.</param>
    /// <param name="since">Opset that brought this revision.</param>
    /// <param name="run">From a node with its inputs to its only output.</param>
    public Operator(string name, int since, Func<OperatorCall, Tensor> run) : this(name, since, call => [run(call)])
    {
    }

    /// <summary>Domain of the standard's operators.</summary>
    public const string Standard = "";

    /// <summary>Domain of the operators that ONNX Runtime's optimiser writes.</summary>
    public const string Microsoft = "com.microsoft";

    /// <summary>Operator set that it belongs to.</summary>
    public string Domain { get; init; } = Standard;

    /// <summary>What stands for its gradient.</summary>
    public GradientKind Gradient { get; init; }

    /// <summary>What stands for the gradient where the node's attributes decide it; null where they do not.</summary>
    public Func<NetworkNode, GradientKind>? GradientOf { get; init; }

    /// <summary>Whether it looks only at the sizes of its input, so that its output is the same for all images of a size.</summary>
    public bool ReadsShapeOnly { get; init; }
}
