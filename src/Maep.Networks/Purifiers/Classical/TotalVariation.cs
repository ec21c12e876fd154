using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>
/// The image u of least total variation near an image x: argmin |u - x|^2 / (2 weight) + TV(u) (Rudin, Osher and Fatemi, 1992), colour by colour, by a fixed number
/// of steps of Chambolle's dual projection (2004). Guo et al. (2018) defend with it after dropping random pixels; here none are dropped, so nothing is random.
/// </summary>
public sealed class TotalVariation : UntrainedPurifier
{
    /// <summary>Steps of the dual projection; at the weights used here more change no pixel by a grey level.</summary>
    public const int Steps = 30;

    /// <summary>Step length of the dual: 1 / (2 dimensions).</summary>
    public const double StepSize = 0.25;

    /// <summary>Under the root of the gradient's length, whose slope is infinite where the image is flat.</summary>
    public const double Flat = 1e-12;

    private const double Heaviest = 10;

    /// <param name="weight">How much smoothness counts against likeness, above 0: 0.05 smooths what 8/255 adds.</param>
    /// <exception cref="ArgumentException">Another weight.</exception>
    public TotalVariation(double weight = 0.05) : base(FormattableString.Invariant($"tv:{weight}"))
    {
        if (weight is not (> 0 and <= Heaviest))
            throw new ArgumentException(FormattableString.Invariant($"Total variation weight {weight} must be above 0 and at most {Heaviest}."));
        Weight = weight;
    }

    /// <summary>How much smoothness counts against likeness.</summary>
    public double Weight { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (down, right) = (zeros_like(input), zeros_like(input)); // the dual: one vector for each pixel, 0 in the last row and column
        var image = input;
        for (var step = 0; step < Steps; step++)
        {
            var (slopeDown, slopeRight) = (Down(image), Right(image));
            var length = (slopeDown.square() + slopeRight.square() + Flat).sqrt();
            var shrink = 1 + (length * (StepSize / Weight));
            down = (down - (StepSize * slopeDown)) / shrink;
            right = (right - (StepSize * slopeRight)) / shrink;
            image = input - Divergence(down, right);
        }
        return image.clamp(0, 1).MoveToOuterDisposeScope();
    }

    // Differences to the next row and column; 0 in the last.
    private static Tensor Down(Tensor x) => nn.functional.pad(x.narrow(2, 1, x.shape[2] - 1) - x.narrow(2, 0, x.shape[2] - 1), [0, 0, 0, 1], PaddingModes.Constant, 0);

    private static Tensor Right(Tensor x) => nn.functional.pad(x.narrow(3, 1, x.shape[3] - 1) - x.narrow(3, 0, x.shape[3] - 1), [0, 1, 0, 0], PaddingModes.Constant, 0);

    // Minus the adjoint of both: differences to the row and column before.
    private static Tensor Divergence(Tensor down, Tensor right)
    {
        var above = nn.functional.pad(down.narrow(2, 0, down.shape[2] - 1), [0, 0, 1, 0], PaddingModes.Constant, 0);
        var left = nn.functional.pad(right.narrow(3, 0, right.shape[3] - 1), [1, 0, 0, 0], PaddingModes.Constant, 0);
        return down - above + right - left;
    }
}
