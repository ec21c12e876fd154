namespace Maep.Images;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): a small integer generator, the same on every machine and .NET version.</summary>
public struct SplitMix64
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    /// <summary>A stream of its own for each pair of seed and stream number.</summary>
    public SplitMix64(ulong seed, ulong stream) => _state = Mix(Mix(seed + Step) ^ Mix(~stream));

    /// <summary>The next 64 random bits.</summary>
    public ulong Next() => Mix(_state += Step);

    /// <summary>A number in [0, 1), a multiple of 2^-53.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [low, high).</summary>
    public double Between(double low, double high) => low + ((high - low) * Unit());

    /// <summary>True half of the time.</summary>
    public bool Coin() => (Next() >> 63) != 0;

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
