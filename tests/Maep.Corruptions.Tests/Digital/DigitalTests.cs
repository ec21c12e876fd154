using Maep.Corruptions.Digital;

namespace Maep.Corruptions.Tests.Digital;

public sealed class DigitalTests
{
    [Theory]
    [InlineData(0.4f)]
    [InlineData(0.05f)]
    public void Contrast_keeps_each_mean_and_scales_each_deviation(float level)
    {
        var clean = UnitImage.From(Pictures.Scene);

        var flat = new Contrast().Corrupt(clean, level, Pictures.Numbers());

        for (var channel = 0; channel < 3; channel++)
        {
            Assert.Equal(Pictures.Mean(clean.Channel(channel)), Pictures.Mean(flat.Channel(channel)), 4);
            Assert.Equal(level * Math.Sqrt(Pictures.Variance(clean.Channel(channel))), Math.Sqrt(Pictures.Variance(flat.Channel(channel))), 4);
        }
    }

    [Theory]
    [InlineData(0.3f, 0)]
    [InlineData(2, 0)]
    [InlineData(5, 0.1f)]
    public void Saturate_sets_the_saturation_and_keeps_value_and_order_of_the_channels(float factor, float shift)
    {
        var (red, green, blue) = (0.6f, 0.5f, 0.4f);

        var image = new Saturate().Corrupt(Pictures.Flat(8, red, green, blue), new SaturationLevel(factor, shift), Pictures.Numbers());

        var (r, g, b) = (image.Channel(0)[0], image.Channel(1)[0], image.Channel(2)[0]);
        Assert.Equal(0.6, r, 5);
        Assert.Equal(Math.Min(((0.2 / 0.6) * factor) + shift, 1), (r - b) / r, 5);
        Assert.Equal(0.5, (g - b) / (r - b), 5); // hue: green stays halfway
    }

    [Fact]
    public void Saturate_turns_grey_to_red_by_its_shift()
    {
        var image = new Saturate().Corrupt(Pictures.Flat(8, 0.5f), new SaturationLevel(20, 0.2f), Pictures.Numbers());

        Assert.Equal((0.5f, 0.4f, 0.4f), (image.Channel(0)[0], image.Channel(1)[0], image.Channel(2)[0]));
    }

    [Fact]
    public void Pixelate_by_a_quarter_gives_blocks_of_4_by_4_and_their_means()
    {
        var clean = UnitImage.From(Pictures.Scene);

        var blocks = new Pixelate().Corrupt(clean, 0.25, Pictures.Numbers());

        for (var place = 0; place < clean.Values.Length; place += 97)
        {
            var (channel, row, column) = (place / clean.Plane, place % clean.Plane / 224, place % 224);
            var corner = (channel * clean.Plane) + (row / 4 * 4 * 224) + (column / 4 * 4);
            Assert.Equal(blocks.Values[corner], blocks.Values[place]);
            var mean = Enumerable.Range(0, 16).Average(k => clean.Values[corner + (k / 4 * 224) + (k % 4)]);
            Assert.Equal(mean, blocks.Values[place], 1.01 / 255); // 8 bits after rows, and again after columns
        }
    }

    [Theory]
    [InlineData(25, 32)]
    [InlineData(10, 80)]
    [InlineData(7, 114)]
    [InlineData(80, 6)]
    public void Jpeg_files_have_the_quantisation_of_their_quality(int quality, int first)
    {
        var file = ImageFile.Jpeg(Pictures.Scene, quality);

        // The table of the JPEG standard starts with 16 and 11; libjpeg scales it by 5000 / quality, or by 200 - 2 * quality from 50 on.
        var table = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xDB]);
        var scale = quality < 50 ? 5000 / quality : 200 - (2 * quality);
        Assert.Equal(first, file[table + 5]);
        Assert.Equal(((16 * scale) + 50) / 100, file[table + 5]);
        Assert.Equal(((11 * scale) + 50) / 100, file[table + 6]);
    }

    [Fact]
    public void Jpeg_compression_is_further_off_with_each_severity()
    {
        var clean = UnitImage.From(Pictures.Scene);

        double[] errors = [.. Enumerable.Range(1, 5).Select(severity =>
            new JpegCompression().Apply(clean, severity, Pictures.Numbers()).Values.Zip(clean.Values, (a, b) => Math.Abs(a - b)).Average())];

        Assert.Equal(errors.Order(), errors);
        Assert.InRange(errors[0], 0.005, 0.1);
    }

    [Fact]
    public void An_elastic_transform_of_no_strength_leaves_the_image_and_any_leaves_a_flat_one()
    {
        var (clean, flat) = (UnitImage.From(Pictures.SmallScene), Pictures.Flat(224, 0.3f));

        Assert.Equal(clean.ToRgb().Planar, new ElasticTransform().Corrupt(clean, new ElasticLevel(0, 0, 0), Pictures.Numbers()).ToRgb().Planar);
        for (var severity = 1; severity <= 5; severity++)
            Assert.DoesNotContain(new ElasticTransform().Apply(flat, severity, Pictures.Numbers()).Values, value => !(Math.Abs(value - 0.3f) <= 5e-6f)); // nor NaN
    }

    [Fact]
    public void An_affine_map_carries_its_anchors_no_further_than_its_shear()
    {
        const double shear = 5;

        var map = AffineMap.Draw(224, shear, Pictures.Numbers());

        // The map leads back from the target, so each anchor comes from near itself: shear, grown by the map's own slope.
        foreach (var (row, column) in new[] { (186, 186), (38, 186), (38, 38) })
        {
            Assert.InRange(map.Source(row, column).Row, row - (1.2 * shear), row + (1.2 * shear));
            Assert.InRange(map.Source(row, column).Column, column - (1.2 * shear), column + (1.2 * shear));
        }
        Assert.Equal((17.0, 3.0), AffineMap.Draw(224, 0, Pictures.Numbers()).Source(17, 3));
    }

    [Fact]
    public void Digital_corruptions_of_no_strength_leave_the_image()
    {
        var clean = UnitImage.From(Pictures.SmallScene);

        Assert.Equal(clean.ToRgb().Planar, new Contrast().Corrupt(clean, 1, Pictures.Numbers()).ToRgb().Planar);
        Assert.Equal(clean.ToRgb().Planar, new Saturate().Corrupt(clean, new SaturationLevel(1, 0), Pictures.Numbers()).ToRgb().Planar);
        Assert.Equal(clean.ToRgb().Planar, new Pixelate().Corrupt(clean, 1, Pictures.Numbers()).ToRgb().Planar);
    }
}
