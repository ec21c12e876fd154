using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>One pass through a network: the values made so far and what bounds them.</summary>
/// <param name="source">What errors call the file.</param>
/// <param name="decoder">Reads constants of attributes.</param>
/// <param name="values">One for each slot of the network, those of constants filled.</param>
internal sealed class Execution(string source, TensorDecoder decoder, Tensor?[] values)
{
    /// <summary>What errors call the file.</summary>
    public string Source => source;

    /// <summary>Reads constants of attributes.</summary>
    public TensorDecoder Decoder => decoder;

    /// <summary>Values by slot.</summary>
    public Tensor?[] Values => values;

    /// <summary>Device of the images; the CPU while constants are computed.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Largest number of values that one tensor may have.</summary>
    public long LargestTensor { get; init; } = long.MaxValue;

    /// <summary>Images for each one of the batch that is baked into the graph.</summary>
    public long BatchRatio { get; init; } = 1;

    /// <summary>Values that change with the size of the images only, by slot; filled by the first pass of a size.</summary>
    public Tensor?[] ShapeValues { get; init; } = new Tensor?[values.Length];

    /// <summary>What ONNX Runtime rounded to, by slot: each own rounding is compared with it and goes on from it. Null outside a check of rounding networks.</summary>
    public IReadOnlyDictionary<int, Tensor>? Rounded { get; init; }

    private long _live;

    /// <summary>A value where its node computes: on the images' device if any of the node's inputs is there.</summary>
    /// <param name="value">An input of the node.</param>
    /// <param name="inputs">All inputs of the node.</param>
    public Tensor? Placed(Tensor? value, Tensor?[] inputs) =>
        value is null || Device.type == DeviceType.CPU || value.device_type != DeviceType.CPU || Array.TrueForAll(inputs, input => input is null || input.device_type == DeviceType.CPU)
            ? value
            : value.to(Device);

    /// <summary>Keeps a value that a node made, in the caller's scope.</summary>
    /// <exception cref="InvalidDataException">It is too large, or all values together are.</exception>
    public void Store(int slot, Tensor value, NetworkNode node)
    {
        var count = value.numel();
        _live += count;
        if (count > LargestTensor || _live > 2 * (Int128)LargestTensor)
            throw new InvalidDataException($"{source}: {node} makes a tensor [{string.Join(", ", value.shape)}], {_live} values with those that it needs; {LargestTensor} at once are the limit while a file is opened.");
        values[slot] = Rounded?.GetValueOrDefault(slot) is { } other ? RoundingAgreement.Require(value, other, node, source).MoveToOuterDisposeScope() : value;
    }

    /// <summary>Frees a value that no node needs any more.</summary>
    public void Release(int slot)
    {
        if (values[slot] is not { } value)
            return;
        _live -= value.numel();
        value.Dispose();
        values[slot] = null;
    }
}
