using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>Median of the square window around each pixel, colour by colour, borders mirrored (feature squeezing; Xu, Evans and Qi, 2018, section 3.2).</summary>
public sealed class MedianFilter : UntrainedPurifier
{
    /// <param name="window">Rows and columns of the window, pixels: odd, at least 3.</param>
    /// <exception cref="ArgumentException">Another window.</exception>
    public MedianFilter(int window = 3) : base(FormattableString.Invariant($"median:{window}"))
    {
        if (window < 3 || window % 2 == 0)
            throw new ArgumentException($"Median window {window} must be odd and at least 3.");
        Window = window;
    }

    /// <summary>Rows and columns of the window, pixels.</summary>
    public int Window { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A side of the images is no longer than half the window.</exception>
    public override Tensor forward(Tensor input)
    {
        var border = Window / 2;
        if (input.shape[2] <= border || input.shape[3] <= border)
            throw new ArgumentException($"Images of {input.shape[2]}x{input.shape[3]} cannot be mirrored by {border} pixels; a median of {Window} needs sides of at least {border + 1}.");
        using var scope = NewDisposeScope();
        var padded = nn.functional.pad(input, [border, border, border, border], PaddingModes.Reflect, 0);
        var windows = padded.unfold(2, Window, 1).unfold(3, Window, 1).flatten(4); // [N, 3, H, W, window * window]
        return windows.topk(((Window * Window) + 1) / 2, -1).values[.., .., .., .., ^1].MoveToOuterDisposeScope(); // the least of the upper half
    }
}
