namespace Maep.Corruptions.Weather;

/// <summary>One severity of <see cref="Frost"/>.</summary>
/// <param name="ImageShare">Factor of the image.</param>
/// <param name="FrostShare">Factor of the overlay.</param>
/// <param name="Stride">Every so many pixels of the overlay are used: 5 makes it fit images of 32 pixels.</param>
public sealed record FrostLevel(float ImageShare, float FrostShare, int Stride);

/// <summary>Adds a random piece of a picture of frost on glass.</summary>
public sealed class Frost(FrostOverlays overlays) : Corruption<FrostLevel>("frost", CorruptionGroup.Weather,
    [new(1, 0.4f, 1), new(0.8f, 0.6f, 1), new(0.7f, 0.7f, 1), new(0.65f, 0.7f, 1), new(0.6f, 0.75f, 1)],
    [new(1, 0.2f, 5), new(1, 0.3f, 5), new(0.9f, 0.4f, 5), new(0.85f, 0.4f, 5), new(0.75f, 0.45f, 5)])
{
    internal override UnitImage Corrupt(UnitImage clean, FrostLevel level, RandomNumbers random)
    {
        var overlay = overlays.Images[random.Whole(0, overlays.Images.Count)];
        var top = random.Whole(0, Rows(overlay.Height, level) - clean.Side);
        var left = random.Whole(0, Rows(overlay.Width, level) - clean.Side);
        var image = clean.Copy();
        for (var place = 0; place < image.Values.Length; place++)
        {
            var (channel, row, column) = (place / image.Plane, place % image.Plane / image.Side, place % image.Side);
            // The pixel in the middle of each square of stride x stride: bilinear reduction by an odd whole number reads no other.
            var (down, across) = (((top + row) * level.Stride) + (level.Stride / 2), ((left + column) * level.Stride) + (level.Stride / 2));
            var frost = overlay.Planar[(((channel * overlay.Height) + Math.Min(down, overlay.Height - 1)) * overlay.Width) + Math.Min(across, overlay.Width - 1)];
            image.Values[place] = (level.ImageShare * image.Values[place]) + (level.FrostShare * (frost / 255f));
        }
        return image;
    }

    private static int Rows(int length, FrostLevel level) => (int)Math.Round((double)length / level.Stride, MidpointRounding.ToEven);
}
