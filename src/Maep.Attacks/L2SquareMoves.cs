using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>Square attack in L2: a grid of small hills, then the mass of one window goes into a hill in another (Andriushchenko et al., 2020, section 4.3).</summary>
internal sealed class L2SquareMoves(double epsilon) : ISquareMoves
{
    private const double NoDivisionByZero = 1e-12;
    private const long GridSide = 5;

    public Tensor Start(Tensor images, ImageStreams streams)
    {
        var (channels, height, width) = (images.shape[1], images.shape[2], images.shape[3]);
        var size = Math.Max(height / GridSide, 1);
        var border = (height - (size * GridSide)) / 2;
        var grid = zeros_like(images);
        var tile = 0;
        for (var top = border; top + size <= height; top += size)
        {
            for (var left = border; left + size <= width; left += size)
                grid.narrow(2, top, size).narrow(3, left, size).copy_(Hill(size, images, streams.Fork(tile++)));
        }
        return OnSphere(images, grid);
    }

    public Tensor Propose(Tensor images, Tensor best, double side, ImageStreams streams)
    {
        var channels = images.shape[1];
        var size = Math.Min(Odd(Math.Max((long)Math.Round(side), 3)), Math.Min(images.shape[2], images.shape[3]));
        var (target, source) = (SquareWindow.Draw(images, size, streams.Fork(0)), SquareWindow.Draw(images, size, streams.Fork(1)));
        var delta = best - images;
        var flat = delta.flatten(2);                                                  // [n, C, H * W]
        var old = flat.gather(2, target.Pixels(channels));                            // [n, C, size * size]

        var hill = Hill(size, images, streams.Fork(2)).flatten(2) + (old / (NoDivisionByZero + Lengths(old)));
        var unused = (epsilon * epsilon) - PerturbationNorm.L2.Measure(delta).square();
        var freed = PerturbationNorm.L2.Measure(delta * maximum(target.Mask(), source.Mask())).square();
        var budget = ((unused.clamp_min(0) / channels) + freed).sqrt().reshape(-1, 1, 1);
        hill = hill / (NoDivisionByZero + Lengths(hill)) * budget;

        var moved = flat.scatter(2, source.Pixels(channels), zeros_like(old)).scatter(2, target.Pixels(channels), hill);
        return OnSphere(images, moved.reshape(images.shape));
    }

    // Perturbations stretched to length epsilon, then cut to the pixel range.
    private Tensor OnSphere(Tensor images, Tensor perturbation) => (images + (PerturbationNorm.L2.Ascent(perturbation) * epsilon)).clamp(0, 1);

    // [n, C, size, size]: the pattern, lying or standing by a coin per image, with a sign per channel.
    private static Tensor Hill(long size, Tensor images, ImageStreams streams)
    {
        var pattern = Pattern(size).to(images.device);
        var standing = streams.Fork(0).Signs(1, 1, 1).to(images.device).gt(0);
        return where(standing, pattern.t(), pattern) * streams.Fork(1).Signs(images.shape[1], 1, 1).to(images.device);
    }

    /// <summary>A hill over a valley, of length 1.</summary>
    /// <returns>[size, size].</returns>
    internal static Tensor Pattern(long size)
    {
        using var scope = NewDisposeScope();
        var pattern = cat([Hump(size / 2, size), -Hump(size - (size / 2), size)], 0);
        return (pattern / pattern.norm()).MoveToOuterDisposeScope();
    }

    // Nested rectangles around the middle: each adds 1 / (its number squared); of length 1.
    private static Tensor Hump(long height, long width)
    {
        var hump = zeros(height, width);
        var (top, left) = (height / 2, width / 2);
        for (var ring = 0L; ring < Math.Max(height / 2, width / 2) + 1; ring++, top--, left--)
        {
            var (firstRow, firstColumn) = (Math.Max(top, 0), Math.Max(left, 0));
            var (endRow, endColumn) = (Math.Min(top + (2 * ring) + 1, height), Math.Min(left + (2 * ring) + 1, width));
            hump.narrow(0, firstRow, endRow - firstRow).narrow(1, firstColumn, endColumn - firstColumn).add_(1.0 / ((ring + 1) * (ring + 1)));
        }
        return hump / hump.norm();
    }

    private static long Odd(long side) => side % 2 == 0 ? side + 1 : side;

    private static Tensor Lengths(Tensor windows) => windows.norm(2, true, 2);
}
