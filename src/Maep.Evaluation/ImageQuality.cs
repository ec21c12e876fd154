using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Maep.Evaluation;

/// <summary>
/// How close images are to a reference: peak signal-to-noise ratio, and structural similarity (Wang, Bovik, Sheikh and Simoncelli, 2004,
/// section III). Both are computed in double precision: the variances of a flat image vanish in single precision.
/// </summary>
public static class ImageQuality
{
    /// <summary>What <see cref="Psnr"/> gives for identical images, where the formula is infinite, and the most it ever gives: 100 dB.</summary>
    public const double HighestPsnr = 100;

    private const int WindowSize = 11;
    private const double WindowSigma = 1.5;
    private const double C1 = 0.01 * 0.01; // (K1 L)^2, L = 1
    private const double C2 = 0.03 * 0.03; // (K2 L)^2

    /// <summary>-10 log10 of the mean squared error of each image, for a peak of 1.</summary>
    /// <param name="images">[N, 3, H, W], floats in [0, 1].</param>
    /// <param name="reference">The same shape and range.</param>
    /// <returns>[N], float32, dB in 0..<see cref="HighestPsnr"/>; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">A shape, type or value does not fit.</exception>
    public static Tensor Psnr(Tensor images, Tensor reference)
    {
        RequirePair(images, reference);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();

        var error = (images.to(ScalarType.Float64) - reference.to(ScalarType.Float64)).square().mean([1, 2, 3]); // [N]
        return (-10 * error.clamp_min(Math.Pow(10, -HighestPsnr / 10)).log10()).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Mean structural similarity of each image: 11x11 Gaussian window of deviation 1.5, K1 0.01, K2 0.03, only windows that lie inside
    /// the image, each channel by itself and then averaged.
    /// </summary>
    /// <param name="images">[N, 3, H, W], floats in [0, 1], H and W at least 11.</param>
    /// <param name="reference">The same shape and range.</param>
    /// <returns>[N], float32 in [-1, 1], 1 for identical images; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">A shape, type or value does not fit.</exception>
    public static Tensor Ssim(Tensor images, Tensor reference)
    {
        RequirePair(images, reference);
        if (images.shape[2] < WindowSize || images.shape[3] < WindowSize)
            throw new ArgumentException($"Images of {images.shape[2]}x{images.shape[3]} given; the window needs at least {WindowSize}x{WindowSize}.", nameof(images));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();

        var offset = arange(WindowSize, ScalarType.Float64, images.device) - WindowSize / 2;
        var window = (-offset.square() / (2 * WindowSigma * WindowSigma)).exp();
        window /= window.sum();
        var (x, y) = (Planes(images), Planes(reference)); // [3N, 1, H, W]

        var (meanX, meanY) = (Mean(x), Mean(y));          // [3N, 1, H - 10, W - 10]
        var varianceX = Mean(x.square()) - meanX.square();
        var varianceY = Mean(y.square()) - meanY.square();
        var covariance = Mean(x * y) - meanX * meanY;
        var similarity = (2 * meanX * meanY + C1) * (2 * covariance + C2)
            / ((meanX.square() + meanY.square() + C1) * (varianceX + varianceY + C2));
        return similarity.reshape(images.shape[0], -1).mean([1]).to(ScalarType.Float32).MoveToOuterDisposeScope();

        Tensor Mean(Tensor planes) => conv2d(conv2d(planes, window.reshape(1, 1, -1, 1)), window.reshape(1, 1, 1, -1));
    }

    private static Tensor Planes(Tensor images) => images.to(ScalarType.Float64).reshape(-1, 1, images.shape[2], images.shape[3]);

    private static void RequirePair(Tensor images, Tensor reference)
    {
        ImageTensors.Require(images, nameof(images));
        ImageTensors.Require(reference, nameof(reference));
        if (!images.shape.SequenceEqual(reference.shape))
            throw new ArgumentException($"Shape {ImageTensors.Shape(reference)} given; the images have {ImageTensors.Shape(images)}.", nameof(reference));
    }
}
