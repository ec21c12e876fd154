using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Blur;

/// <summary>One severity of a motion blur.</summary>
/// <param name="Radius">The line has 2 * Radius + 1 pixels.</param>
/// <param name="Sigma">Deviation of the half Gaussian along the line, in pixels.</param>
public sealed record MotionLevel(int Radius, double Sigma);

/// <summary>Blurs along a line of a random direction between -45 and 45 degrees.</summary>
public sealed class MotionBlur() : Corruption<MotionLevel>("motion_blur", CorruptionGroup.Blur,
    [new(10, 3), new(15, 5), new(15, 8), new(15, 12), new(20, 15)],
    [new(6, 1), new(6, 1.5), new(6, 2), new(8, 2), new(9, 2.5)])
{
    internal override UnitImage Corrupt(UnitImage clean, MotionLevel level, RandomNumbers random)
    {
        var kernel = MotionKernel.Create(level.Radius, level.Sigma, random.Uniform(-45, 45));
        return clean.Copy().Filter(plane => kernel.Apply(plane, clean.Side));
    }
}
