namespace Maep.Corruptions.Filters;

/// <summary>
/// The motion blur of ImageMagick, which the authors call: half a Gaussian along a line from the pixel outwards, each sample at the
/// nearest pixel, edges repeated.
/// </summary>
internal sealed class MotionKernel
{
    private readonly OffsetKernel _kernel;

    private MotionKernel(OffsetKernel kernel) => _kernel = kernel;

    /// <summary>The kernel of a radius, a deviation and a direction.</summary>
    /// <param name="radius">The line has 2 * radius + 1 samples.</param>
    /// <param name="sigma">Deviation in pixels, above 0.</param>
    /// <param name="degrees">Direction: 0 along a row, 90 down a column.</param>
    public static MotionKernel Create(int radius, double sigma, double degrees)
    {
        var (down, across) = Math.SinCos(degrees * Math.PI / 180);
        double[] weights = [.. Enumerable.Range(0, (2 * radius) + 1).Select(place => Math.Exp(-place * place / (2 * sigma * sigma)))];
        var sum = weights.Sum();
        return new MotionKernel(new([.. weights.Select((weight, place) => (Nearest(place * down), Nearest(place * across), (float)(weight / sum)))], EdgeRule.Nearest));
    }

    /// <summary>Offsets and weights.</summary>
    public IReadOnlyList<(int Down, int Across, float Weight)> Taps => _kernel.Taps;

    /// <summary>Blurs a square plane, 0 black and 1 white, and keeps 8 bits as ImageMagick does: rounded to 16 bits, then cut off.</summary>
    public float[] Apply(float[] plane, int side) => Array.ConvertAll(_kernel.Apply(plane, side), value => MathF.Floor((value * 255) + (0.5f / 257)) / 255);

    private static int Nearest(double place) => (int)Math.Ceiling(place - 0.5);
}
