using System.Numerics.Tensors;
using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Blur;

/// <summary>One severity of <see cref="ZoomBlur"/>: factors 1, 1 + step, 1 + 2 step, ... below a bound.</summary>
/// <param name="Bound">Bound of the factors, not reached up to rounding.</param>
/// <param name="Step">Distance of the factors.</param>
public sealed record ZoomLevel(double Bound, double Step)
{
    /// <summary>The factors, counted and computed as numpy.arange does, whose rounding lets some ranges reach their bound.</summary>
    public IReadOnlyList<double> Factors
    {
        get
        {
            var distance = 1 + Step - 1;
            return [.. Enumerable.Range(0, (int)Math.Ceiling((Bound - 1) / Step)).Select(k => 1 + (k * distance))];
        }
    }
}

/// <summary>Averages the image with enlargements of its middle, as a zoom during the exposure does.</summary>
public sealed class ZoomBlur() : Corruption<ZoomLevel>("zoom_blur", CorruptionGroup.Blur,
    [new(1.11, 0.01), new(1.16, 0.01), new(1.21, 0.02), new(1.26, 0.02), new(1.31, 0.03)],
    [new(1.06, 0.01), new(1.11, 0.01), new(1.16, 0.01), new(1.21, 0.01), new(1.26, 0.01)])
{
    internal override UnitImage Corrupt(UnitImage clean, ZoomLevel level, RandomNumbers random)
    {
        var sum = clean.Copy();
        foreach (var factor in level.Factors)
        {
            var zoomed = clean.Copy().Filter(LineFilter.Zoom(factor, clean.Side).Apply);
            TensorPrimitives.Add(sum.Values, zoomed.Values, sum.Values);
        }
        TensorPrimitives.Divide(sum.Values, level.Factors.Count + 1, sum.Values);
        return sum;
    }
}
