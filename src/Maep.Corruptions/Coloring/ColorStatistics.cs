namespace Maep.Corruptions.Coloring;

/// <summary>Mean and standard deviation, over all pixels, of l, alpha and beta.</summary>
/// <param name="Means">Three means.</param>
/// <param name="Deviations">Three standard deviations, not below 0.</param>
public sealed record ColorStatistics(IReadOnlyList<double> Means, IReadOnlyList<double> Deviations)
{
    /// <summary>The statistics of an image.</summary>
    public static ColorStatistics Of(RgbImage image) => OfPlanes(LAlphaBeta.From(image));

    /// <summary>The statistics of three planes of l, alpha and beta.</summary>
    internal static ColorStatistics OfPlanes(double[] planes)
    {
        var (means, deviations) = (new double[3], new double[3]);
        var plane = planes.Length / 3;
        for (var channel = 0; channel < 3; channel++)
        {
            var values = planes.AsSpan(channel * plane, plane);
            var (sum, squares) = (0.0, 0.0);
            foreach (var value in values)
                sum += value;
            var mean = sum / plane;
            foreach (var value in values)
                squares += (value - mean) * (value - mean);
            (means[channel], deviations[channel]) = (mean, Math.Sqrt(squares / plane));
        }
        return new ColorStatistics(means, deviations);
    }
}
