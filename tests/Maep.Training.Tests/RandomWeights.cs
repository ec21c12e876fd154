using Maep.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

/// <summary>Weights and normalisation statistics that no initialisation gives: nothing is zero, one or an identity.</summary>
internal static class RandomWeights
{
    public static void Fill(nn.Module module, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var random = new Generator(seed);
        foreach (var (name, value) in NamedWeights.Of(module))
        {
            var draws = rand(value.shape, generator: random);
            value.copy_(name.EndsWith("running_var", StringComparison.Ordinal) ? draws + 0.5 : (draws - 0.5) * 0.6);
        }
    }

    public static Dictionary<string, float[]> Values(IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        tensors.ToDictionary(pair => pair.Key, pair => Values(pair.Value));

    public static float[] Values(Tensor tensor)
    {
        using var flat = tensor.detach().contiguous();
        return flat.data<float>().ToArray();
    }
}
