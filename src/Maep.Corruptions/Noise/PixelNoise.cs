namespace Maep.Corruptions.Noise;

/// <summary>Noise that treats each value by itself.</summary>
internal static class PixelNoise
{
    /// <summary>Changes a copy pixel by pixel, red, green and blue of each in turn: the order in which the original draws.</summary>
    public static UnitImage Apply(UnitImage clean, Func<float, float> noisy)
    {
        var image = new UnitImage(clean.Side);
        for (var pixel = 0; pixel < clean.Plane; pixel++)
        {
            for (var place = pixel; place < image.Values.Length; place += clean.Plane)
                image.Values[place] = noisy(clean.Values[place]);
        }
        return image;
    }
}
