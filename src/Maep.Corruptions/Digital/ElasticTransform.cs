using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Digital;

/// <summary>One severity of <see cref="ElasticTransform"/>, all in pixels.</summary>
/// <param name="Strength">Factor of the smoothed displacements.</param>
/// <param name="Smoothness">Deviation of the Gaussian that smooths them.</param>
/// <param name="Shear">How far each of three anchors of the affine map may move along each axis.</param>
public sealed record ElasticLevel(double Strength, double Smoothness, double Shear);

/// <summary>A random affine map, then random smooth displacements of the pixels (Simard et al., 2003).</summary>
// The authors scale by 244, not 224, and note it; so their numbers are as they stand here.
public sealed class ElasticTransform() : Corruption<ElasticLevel>("elastic_transform", CorruptionGroup.Digital,
    [
        new(244 * 2, 244 * 0.7, 244 * 0.1), new(244 * 2, 244 * 0.08, 244 * 0.2), new(244 * 0.05, 244 * 0.01, 244 * 0.02),
        new(244 * 0.07, 244 * 0.01, 244 * 0.02), new(244 * 0.12, 244 * 0.01, 244 * 0.02),
    ],
    [
        new(0, 0, 32 * 0.08), new(32 * 0.05, 32 * 0.2, 32 * 0.07), new(32 * 0.08, 32 * 0.06, 32 * 0.06),
        new(32 * 0.1, 32 * 0.04, 32 * 0.05), new(32 * 0.1, 32 * 0.03, 32 * 0.03),
    ])
{
    internal override UnitImage Corrupt(UnitImage clean, ElasticLevel level, RandomNumbers random)
    {
        var side = clean.Side;
        var map = AffineMap.Draw(side, level.Shear, random);
        var (across, down) = (Displacements(side, level, random), Displacements(side, level, random));
        return clean.Copy()
            .Filter(plane => Sampled(plane, side, EdgeRule.MirrorInside, map.Source))
            .Filter(plane => Sampled(plane, side, EdgeRule.Mirror, (row, column) => (row + down[(row * side) + column], column + across[(row * side) + column])));
    }

    private static float[] Displacements(int side, ElasticLevel level, RandomNumbers random)
    {
        var values = new float[side * side];
        foreach (ref var value in values.AsSpan())
            value = (float)random.Uniform(-1, 1);
        var smooth = LineFilter.Gaussian(level.Smoothness, deviations: 3, EdgeRule.Mirror, side).Apply(values);
        return Array.ConvertAll(smooth, value => (float)(value * level.Strength));
    }

    private static float[] Sampled(float[] plane, int side, EdgeRule edge, Func<int, int, (double Row, double Column)> source)
    {
        var result = new float[plane.Length];
        for (var place = 0; place < result.Length; place++)
        {
            var (row, column) = source(place / side, place % side);
            result[place] = Bilinear.At(plane, side, row, column, edge);
        }
        return result;
    }
}
