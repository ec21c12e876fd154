using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>Which patches of each image are hidden from the encoder (paper section 3.1; He et al., 2022, random masking).</summary>
public sealed class PatchMask : IDisposable
{
    private PatchMask(Tensor hidden, Tensor visibleIndices) => (Hidden, VisibleIndices) = (hidden, visibleIndices);

    /// <summary>[N, L] bool, true = hidden.</summary>
    public Tensor Hidden { get; }

    /// <summary>[N, K] int64 positions of the visible patches, ascending; the same K for every image.</summary>
    public Tensor VisibleIndices { get; }

    /// <summary>Hides a random share of the patches of every image, a different choice for each.</summary>
    /// <param name="images">Number of images N.</param>
    /// <param name="patches">Patches of an image L.</param>
    /// <param name="maskingRatio">Share to hide, in [0, 1); round(ratio * L) patches are hidden.</param>
    /// <param name="random">Source of randomness.</param>
    /// <exception cref="ArgumentOutOfRangeException">The ratio is outside [0, 1) or hides every patch.</exception>
    public static PatchMask Random(long images, long patches, double maskingRatio, Generator random)
    {
        if (maskingRatio is not (>= 0 and < 1) || Math.Round(maskingRatio * patches) >= patches)
            throw new ArgumentOutOfRangeException(nameof(maskingRatio), maskingRatio, $"MaskingRatio {maskingRatio} must be in [0, 1) and leave at least one of {patches} patches visible.");
        using var scope = NewDisposeScope();
        var visible = patches - (long)Math.Round(maskingRatio * patches);
        var order = rand([images, patches], ScalarType.Float32, generator: random).argsort(1);
        var indices = order[.., ..(int)visible].sort(1).Values;
        var hidden = ones([images, patches], ScalarType.Bool).scatter_(1, indices, zeros_like(indices).to(ScalarType.Bool));
        return new PatchMask(hidden.MoveToOuterDisposeScope(), indices.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Hidden.Dispose();
        VisibleIndices.Dispose();
    }
}
