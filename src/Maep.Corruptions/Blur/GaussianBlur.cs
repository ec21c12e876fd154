using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Blur;

/// <summary>Gaussian blur; a level is the standard deviation in pixels. Cut at four deviations, edge pixels repeated (scikit-image).</summary>
public sealed class GaussianBlur() : Corruption<double>("gaussian_blur", CorruptionGroup.Extra,
    [1, 2, 3, 4, 6],
    [0.4, 0.6, 0.7, 0.8, 1])
{
    internal override UnitImage Corrupt(UnitImage clean, double level, RandomNumbers random) => Blurred(clean, level);

    /// <summary>A blurred copy.</summary>
    internal static UnitImage Blurred(UnitImage image, double sigma) =>
        image.Copy().Filter(LineFilter.Gaussian(sigma, deviations: 4, EdgeRule.Nearest, image.Side).Apply);
}
