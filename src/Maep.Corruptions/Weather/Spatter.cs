using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Weather;

/// <summary>One severity of <see cref="Spatter"/>.</summary>
/// <param name="Mean">Mean of the noise that splashes are cut from.</param>
/// <param name="Deviation">Its standard deviation.</param>
/// <param name="Smoothness">Deviation of the Gaussian that smooths it, in pixels.</param>
/// <param name="Threshold">Smoothed noise below it is dry.</param>
/// <param name="Strength">Water: how bright its brightest spot is. Mud: deviation of the Gaussian that softens its edges, in pixels.</param>
/// <param name="Mud">Mud instead of water.</param>
public sealed record SpatterLevel(double Mean, double Deviation, double Smoothness, double Threshold, double Strength, bool Mud);

/// <summary>Splashes of water, which brighten the image in a pale turquoise, or of mud, which hides it.</summary>
public sealed class Spatter() : Corruption<SpatterLevel>("spatter", CorruptionGroup.Extra,
    [
        new(0.65, 0.3, 4, 0.69, 0.6, false), new(0.65, 0.3, 3, 0.68, 0.6, false), new(0.65, 0.3, 2, 0.68, 0.5, false),
        new(0.65, 0.3, 1, 0.65, 1.5, true), new(0.67, 0.4, 1, 0.65, 1.5, true),
    ],
    [
        new(0.62, 0.1, 0.7, 0.7, 0.5, false), new(0.65, 0.1, 0.8, 0.7, 0.5, false), new(0.65, 0.3, 1, 0.69, 0.5, false),
        new(0.65, 0.1, 0.7, 0.69, 0.6, true), new(0.65, 0.1, 0.5, 0.68, 0.6, true),
    ])
{
    private const float SolidMud = 0.8f;

    private static readonly float[] Turquoise = [175 / 255f, 238 / 255f, 238 / 255f];
    private static readonly float[] Brown = [63 / 255f, 42 / 255f, 20 / 255f];

    internal override UnitImage Corrupt(UnitImage clean, SpatterLevel level, RandomNumbers random)
    {
        var noise = random.Normals(clean.Plane, level.Mean, level.Deviation);
        var liquid = LineFilter.Gaussian(level.Smoothness, deviations: 4, EdgeRule.Nearest, clean.Side).Apply(noise);
        var wet = Array.ConvertAll(liquid, depth => depth < level.Threshold ? 0 : depth);
        return level.Mud ? WithMud(clean, wet, level) : WithWater(clean, wet, level);
    }

    private static UnitImage WithWater(UnitImage clean, float[] wet, SpatterLevel level)
    {
        var depth = Array.ConvertAll(wet, value => (byte)Math.Clamp(value * 255, 0, 255));
        var relief = WaterRelief.Of(depth, clean.Side);
        float[] shine = [.. depth.Zip(relief, (water, height) => (float)water * height)];
        var brightest = shine.Max();
        var image = clean.Copy();
        if (brightest == 0)
            return image; // no drop: dry
        for (var place = 0; place < image.Values.Length; place++)
            image.Values[place] += shine[place % image.Plane] / brightest * (float)level.Strength * Turquoise[place / image.Plane];
        return image;
    }

    private static UnitImage WithMud(UnitImage clean, float[] wet, SpatterLevel level)
    {
        var covered = Array.ConvertAll(wet, value => value > level.Threshold ? 1f : 0f);
        var soft = LineFilter.Gaussian(level.Strength, deviations: 4, EdgeRule.Nearest, clean.Side).Apply(covered);
        var image = clean.Copy();
        for (var place = 0; place < image.Values.Length; place++)
        {
            var mud = soft[place % image.Plane] is var share && share < SolidMud ? 0 : share;
            image.Values[place] = (image.Values[place] * (1 - mud)) + (Brown[place / image.Plane] * mud);
        }
        return image;
    }
}
