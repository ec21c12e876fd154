using static TorchSharp.torch;

namespace Maep.Evaluation.Tests;

/// <summary>Images without structure.</summary>
internal static class RandomImages
{
    /// <summary>[count, 3, height, width], uniform in [0, 1].</summary>
    public static Tensor Noise(long count, long height, long width, ulong seed)
    {
        using var random = new Generator(seed);
        return rand([count, 3, height, width], generator: random);
    }
}
