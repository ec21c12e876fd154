namespace Maep.Corruptions.Noise;

/// <summary>Adds normal noise; a level is its standard deviation on values in [0, 1].</summary>
public sealed class GaussianNoise() : Corruption<double>("gaussian_noise", CorruptionGroup.Noise,
    [0.08, 0.12, 0.18, 0.26, 0.38],
    [0.04, 0.06, 0.08, 0.09, 0.10])
{
    internal override UnitImage Corrupt(UnitImage clean, double level, RandomNumbers random) =>
        PixelNoise.Apply(clean, value => value + (float)(level * random.Normal()));
}
