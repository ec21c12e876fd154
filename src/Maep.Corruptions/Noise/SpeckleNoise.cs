namespace Maep.Corruptions.Noise;

/// <summary>Adds normal noise in proportion to the value; a level is the standard deviation on white.</summary>
public sealed class SpeckleNoise() : Corruption<double>("speckle_noise", CorruptionGroup.Extra,
    [0.15, 0.2, 0.35, 0.45, 0.6],
    [0.06, 0.1, 0.12, 0.16, 0.2])
{
    internal override UnitImage Corrupt(UnitImage clean, double level, RandomNumbers random) =>
        PixelNoise.Apply(clean, value => value + (value * (float)(level * random.Normal())));
}
