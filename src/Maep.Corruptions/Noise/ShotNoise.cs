namespace Maep.Corruptions.Noise;

/// <summary>Counts photons: a level is how many a white value gives on average, and the variance of a value x is x / level.</summary>
public sealed class ShotNoise() : Corruption<double>("shot_noise", CorruptionGroup.Noise,
    [60, 25, 12, 5, 3],
    [500, 250, 100, 75, 50])
{
    internal override UnitImage Corrupt(UnitImage clean, double level, RandomNumbers random) =>
        PixelNoise.Apply(clean, value => (float)(random.Poisson(value * level) / level));
}
