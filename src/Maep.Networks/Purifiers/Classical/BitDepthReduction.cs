using Maep.Attacks;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>Rounds each colour to the levels of fewer bits (feature squeezing; Xu, Evans and Qi, 2018, section 3.1). Gradients pass as if nothing was rounded (BPDA).</summary>
public sealed class BitDepthReduction : UntrainedPurifier
{
    private const int Full = 8;

    private readonly BackwardPassApproximation _rounded;

    /// <param name="bits">Bits of a colour, 1 to 7.</param>
    /// <exception cref="ArgumentException">Another depth.</exception>
    public BitDepthReduction(int bits = 4) : base(FormattableString.Invariant($"bits:{bits}"))
    {
        if (bits is < 1 or >= Full)
            throw new ArgumentException($"Bit depth {bits} must be 1 to {Full - 1}; images have {Full} bits a colour.");
        HighestLevel = (1 << bits) - 1;
        _rounded = new BackwardPassApproximation(images => (images * HighestLevel).round() / HighestLevel);
    }

    /// <summary>Number of the highest level, from 0.</summary>
    public int HighestLevel { get; }

    /// <inheritdoc/>
    public override string? GradientStandIn => "identity through rounding (BPDA)";

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _rounded.call(input);
}
