namespace Maep.Corruptions.Weather;

/// <summary>Adds to the value of HSV, at most up to 1; hue and saturation stay. A level is what is added.</summary>
public sealed class Brightness() : Corruption<float>("brightness", CorruptionGroup.Weather,
    [0.1f, 0.2f, 0.3f, 0.4f, 0.5f],
    [0.05f, 0.1f, 0.15f, 0.2f, 0.3f])
{
    // With hue and saturation fixed, red, green and blue are in proportion to the value, their maximum.
    internal override UnitImage Corrupt(UnitImage clean, float level, RandomNumbers random)
    {
        var image = clean.Copy();
        var red = image.Channel(0);
        var green = image.Channel(1);
        var blue = image.Channel(2);
        for (var pixel = 0; pixel < image.Plane; pixel++)
        {
            var value = Math.Max(red[pixel], Math.Max(green[pixel], blue[pixel]));
            var brighter = Math.Min(value + level, 1);
            (red[pixel], green[pixel], blue[pixel]) = value > 0
                ? (red[pixel] * brighter / value, green[pixel] * brighter / value, blue[pixel] * brighter / value)
                : (brighter, brighter, brighter);
        }
        return image;
    }
}
