using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Blur;

/// <summary>One severity of <see cref="DefocusBlur"/>.</summary>
/// <param name="Radius">Radius of the disc, in pixels.</param>
/// <param name="Softening">Deviation of the Gaussian that softens its edge, in pixels.</param>
public sealed record DefocusLevel(double Radius, double Softening);

/// <summary>Convolves with a disc, as a lens out of focus does.</summary>
public sealed class DefocusBlur() : Corruption<DefocusLevel>("defocus_blur", CorruptionGroup.Blur,
    [new(3, 0.1), new(4, 0.5), new(6, 0.5), new(8, 0.5), new(10, 0.5)],
    [new(0.3, 0.4), new(0.4, 0.5), new(0.5, 0.6), new(1, 0.2), new(1.5, 0.1)])
{
    private const int SmallReach = 8;

    internal override UnitImage Corrupt(UnitImage clean, DefocusLevel level, RandomNumbers random) =>
        clean.Copy().Filter(plane => Disc(level).Apply(plane, clean.Side));

    /// <summary>The disc, softened over one pixel, or over two above a radius of 8, inside a square that mirrors what is softened out of it.</summary>
    internal static OffsetKernel Disc(DefocusLevel level)
    {
        var small = level.Radius <= SmallReach;
        var reach = small ? SmallReach : (int)level.Radius;
        var side = (2 * reach) + 1;
        var disc = new float[side * side];
        for (var place = 0; place < disc.Length; place++)
        {
            var (down, across) = ((place / side) - reach, (place % side) - reach);
            disc[place] = (down * down) + (across * across) <= level.Radius * level.Radius ? 1 : 0;
        }
        var count = disc.Sum();
        var radius = small ? 1 : 2;
        // A radius of whole pixels: deviations such that the Gaussian is cut right there.
        var soft = LineFilter.Gaussian(level.Softening, radius / level.Softening, EdgeRule.MirrorInside, side).Apply(disc);
        return new OffsetKernel([.. soft.Index().Where(tap => tap.Item != 0).Select(tap => ((tap.Index / side) - reach, (tap.Index % side) - reach, tap.Item / count))], EdgeRule.MirrorInside);
    }
}
