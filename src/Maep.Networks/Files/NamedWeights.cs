using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks;

/// <summary>Moves weights in and out of modules by name, refusing anything that does not fit.</summary>
public static class NamedWeights
{
    // Counts training batches; no forward pass reads it, and other projects' files do not hold it.
    private const string BatchCounter = "num_batches_tracked";

    /// <summary>Parameters and buffers by name, batch counters left out. The tensors are the module's own.</summary>
    public static Dictionary<string, Tensor> Of(nn.Module module) =>
        module.state_dict().Where(pair => !pair.Key.EndsWith(BatchCounter, StringComparison.Ordinal)).ToDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>Copies weights into a module.</summary>
    /// <param name="module">Module to fill.</param>
    /// <param name="tensors">Exactly the module's parameters and buffers.</param>
    /// <param name="source">Path named in errors.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, superfluous or has another shape.</exception>
    public static void Fill(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        using var noGradient = no_grad();
        var own = Of(module);
        var superfluous = tensors.Keys.Except(own.Keys).ToArray();
        if (superfluous.Length > 0)
            throw new InvalidDataException($"{source}: tensor '{superfluous[0]}' does not belong to a {module.GetName()}; give weights of that network.");
        foreach (var (name, target) in own)
        {
            if (!tensors.TryGetValue(name, out var value))
                throw new InvalidDataException($"{source}: tensor '{name}' is missing for a {module.GetName()}; give weights of that network.");
            if (!target.shape.SequenceEqual(value.shape))
                throw new InvalidDataException($"{source}: tensor '{name}' is [{string.Join(", ", value.shape)}]; [{string.Join(", ", target.shape)}] expected.");
            target.copy_(value);
        }
    }
}
