namespace Maep.Corruptions.Blur;

/// <summary>One severity of <see cref="GlassBlur"/>.</summary>
/// <param name="Sigma">Deviation of the Gaussian blur before and after, in pixels.</param>
/// <param name="Reach">How far a pixel is taken from, in pixels.</param>
/// <param name="Passes">Times all pixels are visited.</param>
public sealed record GlassLevel(double Sigma, int Reach, int Passes);

/// <summary>Blurs, moves pixels about within a small window, and blurs again.</summary>
public sealed class GlassBlur() : Corruption<GlassLevel>("glass_blur", CorruptionGroup.Blur,
    [new(0.7, 1, 2), new(0.9, 2, 1), new(1, 2, 3), new(1.1, 3, 2), new(1.5, 4, 2)],
    [new(0.05, 1, 1), new(0.25, 1, 1), new(0.4, 1, 1), new(0.25, 1, 2), new(0.4, 1, 2)])
{
    internal override UnitImage Corrupt(UnitImage clean, GlassLevel level, RandomNumbers random)
    {
        var image = UnitImage.From(GaussianBlur.Blurred(clean, level.Sigma).ToRgb()); // the original stores 8 bits here
        for (var pass = 0; pass < level.Passes; pass++)
            MovePixels(image, level.Reach, random);
        return GaussianBlur.Blurred(image, level.Sigma);
    }

    // From the last pixel to the first. The original means to swap two pixels; of NumPy's two views the second write reads what the
    // first has written, so that one pixel is copied over the other. ImageNet-C is made that way, and so is this.
    private static void MovePixels(UnitImage image, int reach, RandomNumbers random)
    {
        for (var row = image.Side - reach; row > reach; row--)
        {
            for (var column = image.Side - reach; column > reach; column--)
            {
                var across = random.Whole(-reach, reach);
                var down = random.Whole(-reach, reach);
                var (target, source) = ((row * image.Side) + column, ((row + down) * image.Side) + column + across);
                for (var channel = 0; channel < 3; channel++)
                    image.Channel(channel)[target] = image.Channel(channel)[source];
            }
        }
    }
}
