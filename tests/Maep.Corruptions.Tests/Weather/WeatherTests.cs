using Maep.Corruptions.Weather;

namespace Maep.Corruptions.Tests.Weather;

public sealed class WeatherTests
{
    [Theory]
    [InlineData(0.2f, 0.4f, 0.1f)]
    [InlineData(0.9f, 0.3f, 0.6f)]
    [InlineData(0, 0, 0)]
    public void Brightness_adds_to_the_value_and_keeps_hue_and_saturation(float red, float green, float blue)
    {
        const float level = 0.3f;

        var bright = new Brightness().Corrupt(Pictures.Flat(8, red, green, blue), level, Pictures.Numbers());

        var (before, after) = (Hsv(red, green, blue), Hsv(bright.Channel(0)[0], bright.Channel(1)[0], bright.Channel(2)[0]));
        Assert.Equal(Math.Min(before.Value + level, 1), after.Value, 5);
        Assert.Equal(before.Hue, after.Hue, 3);
        Assert.Equal(before.Saturation, after.Saturation, 5);
    }

    [Fact]
    public void Fog_keeps_the_largest_value_and_lifts_the_darkest()
    {
        const double thickness = 2;

        var fog = new Fog().Corrupt(Pictures.Flat(64, 0.5f), new FogLevel(thickness, 2), Pictures.Numbers());

        // (x + thickness * cloud) * brightest / (brightest + thickness) for clouds from 0 to 1, both reached.
        Assert.Equal(0.5, fog.Values.Max(), 5);
        Assert.Equal(0.5 * 0.5 / 2.5, fog.Values.Min(), 5);
        Assert.Equal(fog.Channel(0).ToArray(), fog.Channel(2).ToArray());
    }

    [Fact]
    public void Fog_is_rougher_with_less_decay()
    {
        double Roughness(double decay)
        {
            var clouds = PlasmaFractal.Draw(64, decay, Pictures.Numbers());
            return clouds.Zip(clouds.Skip(1), (a, b) => Math.Abs(a - b)).Average();
        }

        Assert.True(Roughness(1.4) > 1.5 * Roughness(2) && Roughness(2) > 1.2 * Roughness(3), $"{Roughness(1.4)} {Roughness(2)} {Roughness(3)}");
    }

    [Fact]
    public void Snow_on_black_is_paled_ground_and_flakes_that_mirror_themselves()
    {
        var level = new Snow().ImageNetLevels[0];

        var snow = new Snow().Corrupt(new UnitImage(224), level, Pictures.Numbers());

        var red = snow.Channel(0).ToArray();
        Assert.Equal((1 - level.ImageShare) * 0.5, red.Min(), 5); // black turns to grey 0.5, by the share that does not stay
        Assert.All(Enumerable.Range(0, red.Length), pixel => Assert.Equal(red[pixel], red[^(pixel + 1)], 5));
        Assert.InRange(red.Average() - red.Min(), 0.02, 0.5);
    }

    [Fact]
    public void Snow_falls_steeply()
    {
        var snow = new Snow().Corrupt(new UnitImage(224), new Snow().ImageNetLevels[2], Pictures.Numbers()).Channel(0).ToArray();

        double Change(int step) => Enumerable.Range(0, snow.Length - 224).Average(pixel => Math.Abs(snow[pixel] - snow[pixel + step]));
        Assert.True(Change(224) < Change(1), "flakes are longer downwards than across");
    }

    [Fact]
    public void Frost_adds_a_piece_of_an_overlay()
    {
        var level = new FrostLevel(0.5f, 0.25f, Stride: 1);
        var overlays = FrostOverlays.Drawn();

        var frost = new Frost(overlays).Corrupt(Pictures.Flat(64, 0.4f), level, Pictures.Numbers());

        int[] piece = [.. frost.Channel(1).ToArray().Select(value => (int)Math.Round((value - 0.2) / 0.25 * 255))];
        Assert.Contains(overlays.Images, overlay => Contains(overlay, piece));
    }

    [Fact]
    public void Frost_of_32_pixels_takes_every_fifth_of_the_overlay()
    {
        var overlays = FrostOverlays.Drawn();

        var fifth = new Frost(overlays).Corrupt(new UnitImage(32), new FrostLevel(0, 1, Stride: 5), Pictures.Numbers());

        Assert.Contains(overlays.Images, overlay => Contains(Fifth(overlay), [.. fifth.Channel(1).ToArray().Select(value => (int)Math.Round(value * 255))]));
    }

    [Fact]
    public void Drawn_frost_is_always_the_same_and_bluish()
    {
        var (first, second) = (FrostOverlays.Drawn(), FrostOverlays.Drawn());

        Assert.Equal(first.Images[0].Planar, second.Images[0].Planar);
        Assert.NotEqual(first.Images[0].Planar, first.Images[1].Planar);
        Assert.All(first.Images, image => Assert.True(Mean(image, 2) > Mean(image, 0)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Spatter_changes_a_part_of_the_image(int level)
    {
        var clean = Pictures.Flat(224, 0.5f);

        var spatter = new Spatter().Corrupt(clean, new Spatter().ImageNetLevels[level], Pictures.Numbers());

        var changed = spatter.Channel(0).ToArray().Count(value => Math.Abs(value - 0.5f) > 0.01) / (224.0 * 224);
        Assert.InRange(changed, 0.001, 0.5);
        var water = level == 0;
        Assert.Equal(water, spatter.Values.Min() >= 0.5f); // water brightens, mud darkens
        Assert.Equal(water, spatter.Values.Max() > 0.55f);
        if (water)
            Assert.Equal(0.5 + (0.6 * 238 / 255), spatter.Channel(1).ToArray().Max(), 4);
        else
            Assert.Equal(20.0 / 255, spatter.Channel(2).ToArray().Min(), 0.06);
    }

    [Fact]
    public void An_even_histogram_reaches_from_0_to_255()
    {
        var equal = WaterRelief.Equalized([3, 3, 4, 5, 5, 5, 9, 9]);

        Assert.Equal([0, 0, 42, 170, 170, 170, 255, 255], equal.Select(value => (int)Math.Round(value)).ToArray()); // 255 / 6 for each pixel above the lowest level, half to even
    }

    [Fact]
    public void Weather_that_is_not_there_leaves_the_image()
    {
        var clean = UnitImage.From(Pictures.SmallScene);

        Assert.Equal(clean.ToRgb().Planar, new Brightness().Corrupt(clean, 0, Pictures.Numbers()).ToRgb().Planar);
        Assert.Equal(clean.ToRgb().Planar, new Fog().Corrupt(clean, new FogLevel(0, 2), Pictures.Numbers()).ToRgb().Planar);
        Assert.Equal(clean.Values, new Frost(FrostOverlays.Drawn()).Corrupt(clean, new FrostLevel(1, 0, 1), Pictures.Numbers()).Values);
        Assert.Equal(clean.Values, new Snow().Corrupt(clean, new SnowLevel(0, 0, 1, 0.5, 5, 2, 1), Pictures.Numbers()).Values);
        Assert.Equal(clean.Values, new Spatter().Corrupt(clean, new SpatterLevel(0, 0.1, 1, 0.9, 0.6, Mud: false), Pictures.Numbers()).Values);
        Assert.Equal(clean.Values, new Spatter().Corrupt(clean, new SpatterLevel(0, 0.1, 1, 0.9, 0.6, Mud: true), Pictures.Numbers()).Values);
    }

    private static (double Hue, double Saturation, double Value) Hsv(double red, double green, double blue)
    {
        var (value, least) = (Math.Max(red, Math.Max(green, blue)), Math.Min(red, Math.Min(green, blue)));
        var chroma = value - least;
        var hue = chroma == 0 ? 0 : value == red ? (green - blue) / chroma : value == green ? 2 + ((blue - red) / chroma) : 4 + ((red - green) / chroma);
        return (hue, value == 0 ? 0 : chroma / value, value);
    }

    private static RgbImage Fifth(RgbImage image)
    {
        var side = (image.Height + 2) / 5;
        byte At(int place) => image.Planar[(((place / (side * side) * image.Height) + Math.Min((place / side % side * 5) + 2, image.Height - 1)) * image.Width) + Math.Min((place % side * 5) + 2, image.Width - 1)];
        return new RgbImage([.. Enumerable.Range(0, 3 * side * side).Select(At)], side, side);
    }

    // Whether a square of grey levels, one off at most, is a piece of the overlay's green.
    private static bool Contains(RgbImage overlay, int[] piece)
    {
        var side = (int)Math.Sqrt(piece.Length);
        bool At(int top, int left) => Enumerable.Range(0, piece.Length).All(place =>
            Math.Abs(overlay.Planar[(((overlay.Height + top + (place / side)) * overlay.Width) + left + (place % side))] - piece[place]) <= 1);
        return Enumerable.Range(0, overlay.Height - side).Any(top => Enumerable.Range(0, overlay.Width - side).Any(left => At(top, left)));
    }

    private static double Mean(RgbImage image, int channel) => image.Planar.Skip(channel * image.Height * image.Width).Take(image.Height * image.Width).Average(value => value);
}
