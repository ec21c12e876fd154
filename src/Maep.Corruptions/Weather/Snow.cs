using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Weather;

/// <summary>One severity of <see cref="Snow"/>.</summary>
/// <param name="Mean">Mean of the noise that flakes are cut from.</param>
/// <param name="Deviation">Its standard deviation.</param>
/// <param name="Zoom">Enlargement of the flakes.</param>
/// <param name="Threshold">Noise below it gives no flake.</param>
/// <param name="Radius">Radius of the flakes' motion blur, in pixels.</param>
/// <param name="Sigma">Its deviation, in pixels.</param>
/// <param name="ImageShare">How much of the image stays; the rest turns pale.</param>
public sealed record SnowLevel(double Mean, double Deviation, double Zoom, double Threshold, int Radius, double Sigma, double ImageShare);

/// <summary>Pales the image and adds blurred flakes, once upright and once turned by 180 degrees.</summary>
public sealed class Snow() : Corruption<SnowLevel>("snow", CorruptionGroup.Weather,
    [
        new(0.1, 0.3, 3, 0.5, 10, 4, 0.8), new(0.2, 0.3, 2, 0.5, 12, 4, 0.7), new(0.55, 0.3, 4, 0.9, 12, 8, 0.7),
        new(0.55, 0.3, 4.5, 0.85, 12, 8, 0.65), new(0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
    ],
    [
        new(0.1, 0.2, 1, 0.6, 8, 3, 0.95), new(0.1, 0.2, 1, 0.5, 10, 4, 0.9), new(0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
        new(0.25, 0.3, 2.25, 0.6, 12, 6, 0.85), new(0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
    ])
{
    internal override UnitImage Corrupt(UnitImage clean, SnowLevel level, RandomNumbers random)
    {
        var flakes = Flakes(clean.Side, level, random);
        var image = clean.Copy();
        var share = (float)level.ImageShare;
        for (var pixel = 0; pixel < image.Plane; pixel++)
        {
            var pale = (Grey(clean, pixel) * 1.5f) + 0.5f;
            var snow = flakes[pixel] + flakes[^(pixel + 1)];
            for (var place = pixel; place < image.Values.Length; place += image.Plane)
                image.Values[place] = (share * image.Values[place]) + ((1 - share) * Math.Max(image.Values[place], pale)) + snow;
        }
        return image;
    }

    private static float[] Flakes(int side, SnowLevel level, RandomNumbers random)
    {
        var noise = random.Normals(side * side, level.Mean, level.Deviation);
        var flakes = LineFilter.Zoom(level.Zoom, side).Apply(noise);
        foreach (ref var flake in flakes.AsSpan())
            flake = flake < level.Threshold ? 0 : MathF.Floor(Math.Min(flake, 1) * 255) / 255; // the original stores 8 bits here
        return MotionKernel.Create(level.Radius, level.Sigma, random.Uniform(-135, -45)).Apply(flakes, side);
    }

    private static float Grey(UnitImage image, int pixel) =>
        (0.299f * image.Channel(0)[pixel]) + (0.587f * image.Channel(1)[pixel]) + (0.114f * image.Channel(2)[pixel]);
}
