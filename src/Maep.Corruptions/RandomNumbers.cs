namespace Maep.Corruptions;

/// <summary>
/// The random numbers of one output: set by a seed and a text, such as corruption, severity and file name, and by nothing else. Whichever
/// thread makes the output and whatever was made before, it gets the same numbers.
/// </summary>
/// <param name="seed">Seed of the whole run.</param>
/// <param name="key">What the numbers are for.</param>
public sealed class RandomNumbers(ulong seed, string key)
{
    private SplitMix64 _random = new(seed, Digest(key));

    /// <summary>A number drawn evenly from [low, high).</summary>
    public double Uniform(double low, double high) => _random.Between(low, high);

    /// <summary>A whole number drawn evenly from low to high - 1.</summary>
    public int Whole(int low, int high) => low + (int)(_random.Unit() * (high - low));

    /// <summary>A number of the standard normal distribution (Box and Muller, 1958).</summary>
    public double Normal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - _random.Unit())); // 1 - u is never 0
        return radius * Math.Cos(2 * Math.PI * _random.Unit());
    }

    /// <summary>A number of the Poisson distribution (Knuth, 1969: factors until their product falls below exp(-mean)).</summary>
    /// <param name="mean">0 to 700, where exp(-mean) is still a number of full precision.</param>
    /// <exception cref="ArgumentOutOfRangeException">The mean is outside that range.</exception>
    public int Poisson(double mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mean);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mean, 700);
        var (count, product, bound) = (0, _random.Unit(), Math.Exp(-mean));
        while (product > bound)
        {
            count++;
            product *= _random.Unit();
        }
        return count;
    }

    /// <summary>Normal numbers with a mean and a standard deviation.</summary>
    internal float[] Normals(int count, double mean, double deviation)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = (float)(mean + (deviation * Normal()));
        return values;
    }

    // FNV-1a over UTF-8 (Fowler, Noll and Vo): the same on every machine, unlike string.GetHashCode.
    private static ulong Digest(string key)
    {
        var digest = 14695981039346656037;
        foreach (var letter in System.Text.Encoding.UTF8.GetBytes(key))
            digest = (digest ^ letter) * 1099511628211;
        return digest;
    }
}
