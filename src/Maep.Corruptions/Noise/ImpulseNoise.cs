namespace Maep.Corruptions.Noise;

/// <summary>Salt and pepper: a level is the share of values replaced, half by 1 and half by 0, each channel by itself.</summary>
public sealed class ImpulseNoise() : Corruption<double>("impulse_noise", CorruptionGroup.Noise,
    [0.03, 0.06, 0.09, 0.17, 0.27],
    [0.01, 0.02, 0.03, 0.05, 0.07])
{
    internal override UnitImage Corrupt(UnitImage clean, double level, RandomNumbers random) =>
        PixelNoise.Apply(clean, value => random.Uniform(0, 1) is var draw && draw < level / 2 ? 1 : draw < level ? 0 : value);
}
