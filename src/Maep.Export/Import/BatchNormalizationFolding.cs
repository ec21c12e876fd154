using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>Takes batch normalisations with fixed statistics into the convolutions before them, which then do both at the price of one.</summary>
/// <param name="constant">The constant in a slot; null where a node makes the value.</param>
/// <param name="add">Keeps a new constant and gives its slot.</param>
internal sealed class BatchNormalizationFolding(Func<int, Tensor?> constant, Func<Tensor, int> add)
{
    private const float Epsilon = 1e-5f; // where the file gives none

    /// <summary>The steps with every batch normalisation folded that alone reads a convolution's output.</summary>
    /// <param name="steps">In order.</param>
    /// <param name="outputs">Slots that are read from outside.</param>
    public List<NetworkStep> Apply(List<NetworkStep> steps, IReadOnlyCollection<int> outputs)
    {
        var readers = steps.SelectMany(step => step.Reads).Concat(outputs).CountBy(slot => slot).ToDictionary();
        var makers = steps.OfType<NodeStep>().SelectMany(step => step.Fills.Select(slot => (slot, step))).ToDictionary(pair => pair.slot, pair => pair.step);
        var folded = new Dictionary<NetworkStep, NetworkStep?>(ReferenceEqualityComparer.Instance);
        foreach (var normalization in steps.OfType<NodeStep>().Where(step => IsFixed(step.Node, readers)))
        {
            var value = normalization.Node.Inputs[0];
            if (!makers.TryGetValue(value, out var convolution) || readers[value] != 1 || !CanTake(convolution.Node))
                continue;
            folded[convolution] = null; // the sum of both stands where the normalisation stood
            folded[normalization] = Fold(convolution, normalization.Node);
        }
        return [.. steps.Select(step => folded.TryGetValue(step, out var other) ? other : step).OfType<NetworkStep>()];
    }

    private bool IsFixed(NetworkNode node, Dictionary<int, int> readers) =>
        node.Proto is { OpType: "BatchNormalization", Domain: "" } && node.Inputs.Count == 5 && node.Inputs.Skip(1).All(slot => slot >= 0 && constant(slot) is { } value && value.dim() == 1)
        && node.Outputs.Skip(1).All(slot => slot < 0 || !readers.ContainsKey(slot))
        && !node.Attributes.Any(attribute => attribute.Key is "training_mode" && attribute.Value.I != 0);

    private bool CanTake(NetworkNode node) =>
        node.Proto is { OpType: "Conv", Domain: "" } && node.Inputs.Skip(1).All(slot => slot < 0 || constant(slot) is not null) && node.Inputs.Count >= 2 && node.Inputs[1] >= 0;

    private NodeStep Fold(NodeStep convolution, NetworkNode normalization)
    {
        var node = convolution.Node;
        var (weight, bias) = (constant(node.Inputs[1])!, node.Inputs.Count > 2 && node.Inputs[2] >= 0 ? constant(node.Inputs[2]) : null);
        var values = normalization.Inputs.Skip(1).Select(slot => constant(slot)!).ToArray();
        var (scale, shift, mean, variance) = (values[0], values[1], values[2], values[3]);
        var epsilon = normalization.Attributes.TryGetValue("epsilon", out var given) ? given.F : Epsilon;
        var factor = scale / (variance + epsilon).sqrt();
        var column = Enumerable.Repeat(1L, (int)weight.dim()).ToArray();
        column[0] = -1;
        var both = node with
        {
            Inputs = [node.Inputs[0], add(weight * factor.reshape(column)), add((bias is null ? -mean : bias - mean) * factor + shift)],
            Outputs = [normalization.Outputs[0]],
        };
        return new NodeStep(convolution.Revision, both);
    }
}
