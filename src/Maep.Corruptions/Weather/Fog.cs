using System.Numerics;

namespace Maep.Corruptions.Weather;

/// <summary>One severity of <see cref="Fog"/>.</summary>
/// <param name="Thickness">What the thickest fog adds.</param>
/// <param name="Decay">Decay of the plasma fractal; less is rougher.</param>
public sealed record FogLevel(double Thickness, double Decay);

/// <summary>Adds clouds of a plasma fractal and darkens the sum, so that the brightest value of the image stays the largest there can be.</summary>
public sealed class Fog() : Corruption<FogLevel>("fog", CorruptionGroup.Weather,
    [new(1.5, 2), new(2, 2), new(2.5, 1.7), new(2.5, 1.5), new(3, 1.4)],
    [new(0.2, 3), new(0.5, 3), new(0.75, 2.5), new(1, 2), new(1.5, 1.75)])
{
    internal override UnitImage Corrupt(UnitImage clean, FogLevel level, RandomNumbers random)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)clean.Side);
        var clouds = PlasmaFractal.Draw(size, level.Decay, random);
        var brightest = clean.Values.Max();
        var image = clean.Copy();
        for (var place = 0; place < image.Values.Length; place++)
        {
            var cloud = clouds[(place % image.Plane / image.Side * size) + (place % image.Side)];
            image.Values[place] = (float)((image.Values[place] + (level.Thickness * cloud)) * brightest / (brightest + level.Thickness));
        }
        return image;
    }
}
