namespace Maep.Corruptions.Digital;

/// <summary>One severity of <see cref="Saturate"/>: the new saturation is Factor * saturation + Shift, within [0, 1].</summary>
/// <param name="Factor">Below 1 pales, above 1 saturates.</param>
/// <param name="Shift">Saturation that grey gets, too.</param>
public sealed record SaturationLevel(float Factor, float Shift);

/// <summary>Changes the saturation of HSV; hue and value stay. Grey has the hue of red, as in scikit-image.</summary>
public sealed class Saturate() : Corruption<SaturationLevel>("saturate", CorruptionGroup.Extra,
    [new(0.3f, 0), new(0.1f, 0), new(2, 0), new(5, 0.1f), new(20, 0.2f)],
    [new(0.3f, 0), new(0.1f, 0), new(1.5f, 0), new(2, 0.1f), new(2.5f, 0.2f)])
{
    // With hue and value fixed, the distances of red, green and blue from the value, their maximum, are in proportion to the saturation.
    internal override UnitImage Corrupt(UnitImage clean, SaturationLevel level, RandomNumbers random)
    {
        var image = clean.Copy();
        var red = image.Channel(0);
        var green = image.Channel(1);
        var blue = image.Channel(2);
        for (var pixel = 0; pixel < image.Plane; pixel++)
        {
            var value = Math.Max(red[pixel], Math.Max(green[pixel], blue[pixel]));
            var chroma = value - Math.Min(red[pixel], Math.Min(green[pixel], blue[pixel]));
            var saturation = value > 0 ? chroma / value : 0;
            var target = Math.Clamp((saturation * level.Factor) + level.Shift, 0, 1) * value;
            (red[pixel], green[pixel], blue[pixel]) = chroma > 0
                ? (value - ((value - red[pixel]) * target / chroma), value - ((value - green[pixel]) * target / chroma), value - ((value - blue[pixel]) * target / chroma))
                : (value, value - target, value - target);
        }
        return image;
    }
}
