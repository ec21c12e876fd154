using Maep.Corruptions.Weather;

namespace Maep.Corruptions.Tests;

public sealed class CorruptionTests
{
    private static readonly CorruptionCatalogue Catalogue = new(FrostOverlays.Drawn());

    [Fact]
    public void The_catalogue_holds_the_15_and_the_4_by_their_folder_names()
    {
        string[] Names(string word) => [.. Catalogue.Select([word]).Select(corruption => corruption.Name)];

        Assert.Equal(["gaussian_noise", "shot_noise", "impulse_noise"], Names("noise"));
        Assert.Equal(["defocus_blur", "glass_blur", "motion_blur", "zoom_blur"], Names("blur"));
        Assert.Equal(["snow", "frost", "fog", "brightness"], Names("weather"));
        Assert.Equal(["contrast", "elastic_transform", "pixelate", "jpeg_compression"], Names("digital"));
        Assert.Equal(["speckle_noise", "gaussian_blur", "spatter", "saturate"], Names("extra"));
        Assert.Equal((15, 19), (Names("benchmark").Length, Names("all").Length));
    }

    [Fact]
    public void Words_choose_each_corruption_once_and_an_unknown_one_is_refused()
    {
        Assert.Equal(["snow", "fog"], Catalogue.Select(["fog", "snow", "fog"]).Select(corruption => corruption.Name));
        var fault = Assert.Throws<ArgumentException>(() => Catalogue.Select(["rain"]));
        Assert.Contains("'rain' is not known; use all, benchmark, noise", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_size_or_severity_is_refused()
    {
        var fog = Catalogue.Select(["fog"])[0];

        Assert.Contains("64 pixels a side", Assert.Throws<ArgumentException>(() => fog.Apply(new UnitImage(64), 1, Pictures.Numbers())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => fog.Apply(new UnitImage(32), 0, Pictures.Numbers()));
        Assert.Throws<ArgumentOutOfRangeException>(() => fog.Apply(new UnitImage(32), 6, Pictures.Numbers()));
    }

    [Fact]
    public void Every_corruption_gives_the_same_image_again_leaves_its_source_and_stays_in_range()
    {
        var clean = UnitImage.From(Pictures.SmallScene);
        float[] before = [.. clean.Values];

        foreach (var corruption in Catalogue.All)
        {
            var (first, second) = (corruption.Apply(clean, 5, Pictures.Numbers()), corruption.Apply(clean, 5, Pictures.Numbers()));
            Assert.Equal(first.Values, second.Values);
            Assert.Equal(before, clean.Values);
            Assert.NotEqual(before, first.Values);
            Assert.DoesNotContain(first.Values, value => value is not (>= 0 and <= 1));
        }
    }

    [Fact]
    public void Eight_bits_survive_a_trip_through_floats()
    {
        var every = new RgbImage([.. Enumerable.Range(0, 3 * 256).Select(value => (byte)value)], 16, 16);

        Assert.Equal(every.Planar, UnitImage.From(every).ToRgb().Planar);
        Assert.Throws<ArgumentException>(() => UnitImage.From(new RgbImage(new byte[3 * 8], 2, 4)));
    }
}
