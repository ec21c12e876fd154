using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>A graph ready to run: its constants, and its nodes in order.</summary>
/// <param name="source">What errors call the file.</param>
/// <param name="decoder">Reads constants of attributes.</param>
/// <param name="constants">One for each slot; null where the value is made by a node.</param>
/// <param name="steps">In the order of the file.</param>
/// <param name="inputs">Slots of the inputs.</param>
/// <param name="outputs">Slots of the outputs.</param>
internal sealed class NetworkProgram(string source, TensorDecoder decoder, Tensor?[] constants, IReadOnlyList<NetworkStep> steps, IReadOnlyList<int> inputs, IReadOnlyList<int> outputs)
{
    private Tensor?[] _constants = constants;
    private Device _device = CPU;
    private SizedValues? _sized;

    private sealed record SizedValues(long[] Shape, Device Device, Tensor?[] Values);

    /// <summary>Its nodes, those of branches among them.</summary>
    public IEnumerable<NodeStep> Nodes => steps.SelectMany(step => step.Nodes);

    /// <summary>Values that nodes round: slot and name.</summary>
    public IReadOnlyList<(int Slot, string Name)> Roundings => [.. steps.OfType<NodeStep>().Where(step => step.Dependence == Dependence.Pixels && step.Gradient == GradientKind.StraightThrough)
        .SelectMany(step => step.Node.Outputs.Zip(step.Node.Proto.Output)).Where(pair => pair.First >= 0)];

    /// <summary>Computes the outputs; they belong to the caller's dispose scope, as everything on the way does.</summary>
    /// <param name="arguments">One tensor for each input, on one device.</param>
    /// <param name="batchRatio">Images for each one of a batch size that is baked into the graph.</param>
    /// <param name="largestTensor">Values that one tensor may have.</param>
    /// <param name="rounded">What ONNX Runtime rounded to, by slot; null outside a check.</param>
    /// <exception cref="InvalidDataException">A node does not suit its values, or a tensor is larger than allowed.</exception>
    public Tensor[] Run(IReadOnlyList<Tensor> arguments, long batchRatio = 1, long largestTensor = long.MaxValue, IReadOnlyDictionary<int, Tensor>? rounded = null)
    {
        var device = arguments.Count > 0 ? arguments[0].device : CPU;
        var shape = arguments.SelectMany(argument => argument.shape).ToArray();
        var sized = _sized is { } last && last.Device == device && last.Shape.SequenceEqual(shape) ? last : new SizedValues(shape, device, new Tensor?[_constants.Length]);
        var execution = new Execution(source, decoder, [.. Constants(device)])
        {
            Device = device,
            BatchRatio = batchRatio,
            LargestTensor = largestTensor,
            ShapeValues = sized.Values,
            Rounded = rounded,
        };
        foreach (var (slot, argument) in inputs.Zip(arguments))
            execution.Values[slot] = argument.alias(); // released as every other value is
        NetworkStep.RunAll(steps, execution);
        _sized = sized;
        return [.. outputs.Select(slot => execution.Values[slot]!.alias())];
    }

    // Large constants follow the images to their device; shapes and axes are read on the CPU.
    private Tensor?[] Constants(Device device)
    {
        if (_device == device)
            return _constants;
        _constants = Array.ConvertAll(_constants, constant => constant is null || !(constant.is_floating_point() || constant.numel() > NetworkLimits.LargestShape)
            ? constant
            : constant.to(device).DetachFromDisposeScope());
        _device = device;
        return _constants;
    }
}
