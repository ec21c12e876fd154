namespace Maep.Corruptions.Coloring;

/// <summary>
/// Gives an image the colours of a palette (Reinhard, Ashikhmin, Gooch and Shirley, 2001): in l-alpha-beta each channel gets the
/// palette's mean and standard deviation, c' = (c - mean) * palette deviation / deviation + palette mean.
/// </summary>
/// <param name="palette">Statistics of the palette.</param>
public sealed class ReinhardTransfer(ColorStatistics palette)
{
    // Greys of 8 bits, black among them, spread by up to 4e-4 in alpha and beta, because the matrices of the paper are rounded.
    private const double Negligible = 1e-3;

    /// <summary>The image in the palette's colours, limited to [0, 255] and rounded.</summary>
    public RgbImage Apply(RgbImage image) =>
        new(Array.ConvertAll(LAlphaBeta.ToRgb(Transfer(LAlphaBeta.From(image))), value => (byte)(Math.Clamp(value * 255, 0, 255) + 0.5)), image.Height, image.Width);

    /// <summary>The transfer itself, before anything is limited.</summary>
    /// <param name="planes">l, alpha and beta of the image, rows first.</param>
    internal double[] Transfer(double[] planes)
    {
        var own = ColorStatistics.OfPlanes(planes);
        var plane = planes.Length / 3;
        var result = new double[planes.Length];
        for (var place = 0; place < planes.Length; place++)
        {
            var channel = place / plane;
            // A channel without spread gets the palette's mean; where the palette has none either, what little there is stays.
            var factor = own.Deviations[channel] > Negligible ? palette.Deviations[channel] / own.Deviations[channel]
                : palette.Deviations[channel] > Negligible ? 0 : 1;
            result[place] = ((planes[place] - own.Means[channel]) * factor) + palette.Means[channel];
        }
        return result;
    }
}
