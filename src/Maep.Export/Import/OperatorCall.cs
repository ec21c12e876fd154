using System.Text;
using Maep.Export.Proto;
using TorchSharp;
using static TorchSharp.torch;
using AttributeType = Maep.Export.Proto.AttributeProto.Types.AttributeType;

namespace Maep.Export.Import;

/// <summary>A node at the moment when it is computed: its attributes and the values of its inputs.</summary>
/// <param name="node">The node.</param>
/// <param name="inputs">Null where an optional input is left out.</param>
/// <param name="execution">The pass through the network that it belongs to.</param>
internal sealed class OperatorCall(NetworkNode node, Tensor?[] inputs, Execution execution)
{
    /// <summary>Inputs that the node names, the left out among them.</summary>
    public int InputCount => inputs.Length;

    /// <summary>Outputs that the node names.</summary>
    public int OutputCount => node.Outputs.Count;

    /// <summary>The first input.</summary>
    public Tensor X => Input(0);

    /// <summary>Whether the node depends on the pixels of the images, not only on their size.</summary>
    public bool DependsOnPixels => node.Dependence == Dependence.Pixels;

    /// <summary>How many images pass now for each one of a batch size that is baked into the graph; 1 where the batch size is free.</summary>
    public long BatchRatio => DependsOnPixels ? execution.BatchRatio : 1;

    /// <summary>An input that must be there, on the device of the images.</summary>
    /// <exception cref="InvalidDataException">It is left out.</exception>
    public Tensor Input(int index) => Optional(index) ?? throw Fault($"needs an input {index}, which is left out");

    /// <summary>An input, null where it is left out.</summary>
    public Tensor? Optional(int index) => index < inputs.Length ? execution.Placed(inputs[index], inputs) : null;

    /// <summary>All inputs, which must be there.</summary>
    public Tensor[] Inputs() => [.. Enumerable.Range(0, inputs.Length).Select(Input)];

    /// <summary>An input that holds sizes or places.</summary>
    public long[] Longs(int index) => OptionalLongs(index) ?? throw Fault($"needs an input {index}, which is left out");

    /// <summary>An input that holds sizes or places, null where it is left out.</summary>
    public long[]? OptionalLongs(int index)
    {
        if (index >= inputs.Length || inputs[index] is not { } input)
            return null;
        if (input.numel() > NetworkLimits.LargestShape)
            throw Fault($"takes {input.numel()} sizes from input {index}; at most {NetworkLimits.LargestShape} are sensible");
        return input.numel() == 0 ? [] : input.to(ScalarType.Int64).cpu().contiguous().data<long>().ToArray();
    }

    /// <summary>An input that holds a few numbers, null where it is left out.</summary>
    public double[]? OptionalDoubles(int index) => index >= inputs.Length || inputs[index] is not { } input ? null
        : input.numel() > NetworkLimits.LargestShape ? throw Fault($"takes {input.numel()} numbers from input {index}; at most {NetworkLimits.LargestShape} are sensible")
        : input.numel() == 0 ? []
        : input.to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();

    /// <summary>An input that holds one number.</summary>
    public double Number(int index) => OptionalDoubles(index) is [var number] ? number : throw Fault($"needs one number as input {index}");

    /// <summary>Whether the file gives this attribute.</summary>
    public bool Has(string attribute) => node.Attributes.ContainsKey(attribute);

    public long Int(string attribute, long standard) => Find(attribute, AttributeType.Int)?.I ?? standard;

    public float Float(string attribute, float standard) => Find(attribute, AttributeType.Float)?.F ?? standard;

    public string Text(string attribute, string standard) => Find(attribute, AttributeType.String)?.S.ToStringUtf8() ?? standard;

    public long[]? Ints(string attribute) => Find(attribute, AttributeType.Ints) is { } found ? [.. found.Ints] : null;

    public float[]? Floats(string attribute) => Find(attribute, AttributeType.Floats) is { } found ? [.. found.Floats] : null;

    public TensorProto? Constant(string attribute) => Find(attribute, AttributeType.Tensor)?.T;

    /// <summary>A constant of an attribute as a tensor.</summary>
    public Tensor Decode(TensorProto constant) => execution.Decoder.Decode(constant);

    /// <summary>An axis counted from the front.</summary>
    /// <exception cref="InvalidDataException">There is no such axis.</exception>
    public long Axis(long axis, long rank) => axis >= -rank && axis < rank ? (axis + rank) % rank : throw Fault($"has the axis {axis}; {rank} axes are there");

    /// <summary>Refuses sizes that no image classifier needs before memory is asked for them.</summary>
    /// <returns>The same sizes.</returns>
    /// <exception cref="InvalidDataException">Too large, or negative.</exception>
    public long[] Allow(params long[] shape)
    {
        var count = shape.Aggregate(1.0, (product, size) => product * Math.Max(size, 0));
        if (count > execution.LargestTensor || shape.Any(size => size < 0))
            throw Fault($"would make a tensor [{string.Join(", ", shape)}], {execution.LargestTensor} values are the limit while a file is opened");
        return shape;
    }

    /// <summary>Refuses tensors that together would be broadcast to sizes beyond the limit.</summary>
    /// <inheritdoc cref="Allow" path="/exception"/>
    public void AllowBroadcast(params Tensor[] tensors)
    {
        if (execution.LargestTensor == long.MaxValue)
            return;
        var shapes = Array.ConvertAll(tensors, tensor => tensor.shape);
        var rank = shapes.Max(shape => shape.Length);
        Allow([.. Enumerable.Range(1, rank).Select(place => shapes.Max(shape => place <= shape.Length ? shape[^place] : 1))]);
    }

    /// <summary>A fault of this node in the file.</summary>
    public InvalidDataException Fault(string reason) => new($"{execution.Source}: {node} {reason}.");

    private AttributeProto? Find(string name, AttributeType type) =>
        !node.Attributes.TryGetValue(name, out var found) ? null
        : found.Type == type || found.Type == AttributeType.Undefined ? found // files of the first years give no type
        : throw Fault($"has the attribute '{name}' as {found.Type}, {type} expected");
}
