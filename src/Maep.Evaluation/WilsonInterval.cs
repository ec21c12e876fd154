namespace Maep.Evaluation;

/// <summary>
/// The score interval of a share (Wilson, 1927): unlike p +- z sqrt(p(1-p)/n) it stays inside [0, 1] and keeps a width when every image,
/// or none, is right.
/// </summary>
/// <param name="Low">Lower end, a share in [0, 1].</param>
/// <param name="High">Upper end, a share in [0, 1].</param>
public readonly record struct WilsonInterval(double Low, double High)
{
    /// <summary>The interval of an observed share.</summary>
    /// <param name="successes">0..<paramref name="n"/>.</param>
    /// <param name="n">Observations, at least 1.</param>
    /// <param name="z">Quantile of the standard normal distribution, above 0; 1.959964 gives 95 %.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its bounds.</exception>
    public static WilsonInterval Of(long successes, long n, double z = 1.959964)
    {
        if (n < 1)
            throw new ArgumentOutOfRangeException(nameof(n), n, $"{n} observations have no interval; pass at least 1.");
        if (successes < 0 || successes > n)
            throw new ArgumentOutOfRangeException(nameof(successes), successes, $"{successes} successes given; {n} observations allow 0..{n}.");
        if (!(z > 0 && double.IsFinite(z)))
            throw new ArgumentOutOfRangeException(nameof(z), z, $"Quantile {z} given; pass a finite number above 0, 1.959964 for 95 %.");

        var share = (double)successes / n;
        var spread = z * z / n;
        var centre = (share + spread / 2) / (1 + spread);
        var half = z / (1 + spread) * Math.Sqrt((share * (1 - share) + spread / 4) / n);
        // At the ends the bound is exactly 0 or 1; only rounding would say otherwise.
        return new WilsonInterval(successes == 0 ? 0 : centre - half, successes == n ? 1 : centre + half);
    }
}
