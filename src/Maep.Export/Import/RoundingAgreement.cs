using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>
/// Whether two roundings of the same values agree. Sums in another order differ in the last bit; next to the middle between two integers that makes a step
/// of one, and behind many layers of such steps the scores of a right network differ too. So each rounding is compared by itself, given the other's values before it.
/// </summary>
internal static class RoundingAgreement
{
    /// <summary>Largest share of values that may be a step apart; one value may always be.</summary>
    public const double LargestShare = 0.01;

    // Scales that are computed from the images are no integers.
    private const double ScaleTolerance = 1e-3;

    /// <summary>The other's values, after they were found to agree.</summary>
    /// <param name="own">Rounded here.</param>
    /// <param name="other">Rounded by ONNX Runtime.</param>
    /// <param name="node">The node that rounds.</param>
    /// <param name="source">What errors call the file.</param>
    /// <exception cref="InvalidDataException">They do not agree.</exception>
    public static Tensor Require(Tensor own, Tensor other, NetworkNode node, string source)
    {
        if (!own.shape.SequenceEqual(other.shape))
            throw new InvalidDataException($"{source}: {node} rounds [{string.Join(", ", own.shape)}], ONNX Runtime [{string.Join(", ", other.shape)}].");
        using var scope = NewDisposeScope();
        var difference = (own.to(ScalarType.Float64) - other.to(ScalarType.Float64)).abs();
        var scale = Math.Max(other.abs().max().to(ScalarType.Float64).item<double>(), 1e-6);
        var largest = difference.max().item<double>();
        var apart = difference.gt(0.5).sum().item<long>();
        if (!(largest <= ScaleTolerance * scale) && !(largest <= 1 && apart <= Math.Max(1, LargestShare * own.numel())))
            throw new InvalidDataException($"{source}: {node} rounds otherwise than ONNX Runtime: {apart} of {own.numel()} values differ, by up to {largest:G3}, so the file is refused rather than attacked wrongly. Please report the file.");
        return other.to(own.dtype).alias().MoveToOuterDisposeScope();
    }
}
