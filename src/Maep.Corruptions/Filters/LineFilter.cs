using System.Numerics.Tensors;

namespace Maep.Corruptions.Filters;

/// <summary>
/// A filter along lines of one length, used on rows and then on columns. What lies outside the image is already in the weights, so each
/// target pixel is a weighted sum of consecutive source pixels.
/// </summary>
/// <param name="taps">For each target pixel the first source pixel and the weights from there on.</param>
internal sealed class LineFilter((int First, float[] Weights)[] taps)
{
    /// <summary>Weights of each target pixel.</summary>
    public IReadOnlyList<(int First, float[] Weights)> Taps => taps;

    /// <summary>Gaussian weights out to a number of deviations, rounded to a whole number of pixels; they sum to 1. None at 0.</summary>
    public static LineFilter Gaussian(double sigma, double deviations, EdgeRule edge, int length)
    {
        var radius = (int)((deviations * sigma) + 0.5);
        double[] kernel = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(offset => radius == 0 ? 1 : Math.Exp(-0.5 * offset * offset / (sigma * sigma)))];
        var sum = kernel.Sum();
        var taps = new (int, float[])[length];
        for (var target = 0; target < length; target++)
        {
            var (first, last) = (Math.Max(target - radius, 0), Math.Min(target + radius, length - 1));
            var weights = new double[last - first + 1];
            for (var k = 0; k < kernel.Length; k++)
                weights[edge.Inside(target - radius + k, length) - first] += kernel[k] / sum;
            taps[target] = (first, Array.ConvertAll(weights, weight => (float)weight));
        }
        return new LineFilter(taps);
    }

    /// <summary>Enlarges the middle and keeps the length: the zoom of scipy, linear, end pixels on end pixels, with the excess cut off.</summary>
    /// <param name="factor">1 or more.</param>
    /// <param name="length">Pixels of the line.</param>
    public static LineFilter Zoom(double factor, int length)
    {
        var part = (int)Math.Ceiling(length / factor);
        var start = (length - part) / 2;
        var enlarged = (int)Math.Round(part * factor, MidpointRounding.ToEven);
        var trim = (enlarged - length) / 2;
        var step = enlarged > 1 ? (part - 1.0) / (enlarged - 1) : 0;
        var taps = new (int, float[])[length];
        for (var target = 0; target < length; target++)
        {
            var place = Math.Min((target + trim) * step, part - 1);
            var left = Math.Min((int)place, Math.Max(part - 2, 0));
            taps[target] = (start + left, part == 1 ? [1f] : [(float)(left + 1 - place), (float)(place - left)]);
        }
        return new LineFilter(taps);
    }

    /// <summary>Filters a square plane, whose side is the length of the lines, along rows and then along columns.</summary>
    public float[] Apply(float[] plane)
    {
        var side = taps.Length;
        var across = new float[plane.Length];
        for (var row = 0; row < side; row++)
        {
            var line = plane.AsSpan(row * side, side);
            for (var column = 0; column < side; column++)
            {
                var (first, weights) = taps[column];
                across[(row * side) + column] = weights.Length == 2
                    ? (weights[0] * line[first]) + (weights[1] * line[first + 1])
                    : TensorPrimitives.Dot(line.Slice(first, weights.Length), weights);
            }
        }
        var result = new float[plane.Length];
        for (var row = 0; row < side; row++)
        {
            var (first, weights) = taps[row];
            var sum = result.AsSpan(row * side, side);
            for (var k = 0; k < weights.Length; k++)
                TensorPrimitives.MultiplyAdd(across.AsSpan((first + k) * side, side), weights[k], sum, sum);
        }
        return result;
    }
}
