using Maep.Corruptions.Coloring;

namespace Maep.Corruptions.Tests.Coloring;

public sealed class ReinhardTransferTests
{
    // 32 levels a channel: 32,768 colours, black, white and every pure one among them.
    private static readonly RgbImage Colors = new([.. Enumerable.Range(0, 3 * 32 * 32 * 32).Select(place =>
        (byte)((place / 32768) switch { 0 => place / 1024 % 32, 1 => place / 32 % 32, _ => place % 32 } * 255 / 31))], 256, 128);

    [Fact]
    public void The_way_to_l_alpha_beta_and_back_misses_no_color_by_a_grey_level()
    {
        var back = LAlphaBeta.ToRgb(LAlphaBeta.From(Colors));

        Assert.All(back.Zip(Colors.Planar), pair => Assert.True(Math.Abs((pair.First * 255) - pair.Second) < 1, $"{pair.First * 255} for {pair.Second}"));
    }

    [Fact]
    public void A_dark_color_also_comes_back()
    {
        byte[] dark = [.. Enumerable.Range(0, 3 * 64).Select(place => (byte)((place / 64) switch { 0 => place / 16 % 4, 1 => place / 4 % 4, _ => place % 4 }))];

        var back = LAlphaBeta.ToRgb(LAlphaBeta.From(new RgbImage(dark, 8, 8)));

        Assert.All(back.Zip(dark), pair => Assert.True(Math.Abs((pair.First * 255) - pair.Second) < 1, $"{pair.First * 255} for {pair.Second}"));
    }

    [Fact]
    public void An_image_as_its_own_palette_stays_within_a_grey_level()
    {
        var same = new ReinhardTransfer(ColorStatistics.Of(Pictures.Scene)).Apply(Pictures.Scene);

        Assert.All(same.Planar.Zip(Pictures.Scene.Planar), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        Assert.True(same.Planar.Zip(Pictures.Scene.Planar).Count(pair => pair.First != pair.Second) < same.Planar.Length / 1000);
    }

    [Fact]
    public void An_almost_flat_image_as_its_own_palette_keeps_the_one_pixel_that_differs()
    {
        var image = new RgbImage([.. Enumerable.Repeat(Enumerable.Repeat((byte)90, (224 * 224) - 1).Append((byte)120), 3).SelectMany(plane => plane)], 224, 224);

        var same = new ReinhardTransfer(ColorStatistics.Of(image)).Apply(image);

        Assert.All(same.Planar.Zip(image.Planar), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [Fact]
    public void Before_clipping_the_result_has_mean_and_deviation_of_the_palette()
    {
        var palette = ColorStatistics.Of(Colors);

        var planes = new ReinhardTransfer(palette).Transfer(LAlphaBeta.From(Pictures.Scene));

        var result = ColorStatistics.OfPlanes(planes);
        for (var channel = 0; channel < 3; channel++)
        {
            Assert.Equal(palette.Means[channel], result.Means[channel], 10);
            Assert.Equal(palette.Deviations[channel], result.Deviations[channel], 10);
        }
    }

    [Theory]
    [InlineData(90, 90)]
    [InlineData(90, 0)] // black is cut off before the logarithm, so it alone has another alpha and beta
    [InlineData(255, 1)]
    public void A_grey_image_takes_the_mean_of_the_palette_and_stays_without_colours_of_its_own(byte grey, byte one)
    {
        var image = new RgbImage([.. Enumerable.Repeat(Enumerable.Repeat(grey, 255).Append(one), 3).SelectMany(plane => plane)], 16, 16);

        var planes = new ReinhardTransfer(ColorStatistics.Of(Pictures.Scene)).Transfer(LAlphaBeta.From(image));

        var palette = ColorStatistics.Of(Pictures.Scene).Means;
        Assert.All(planes[256..512], alpha => Assert.Equal(palette[1], alpha, 10));
        Assert.All(planes[512..], beta => Assert.Equal(palette[2], beta, 10));
    }

    [Fact]
    public void Grey_has_the_axes_of_the_paper()
    {
        var planes = LAlphaBeta.From(new RgbImage([128, 128, 128], 1, 1));

        // Rows of the matrix sum to almost 1, so a grey has almost equal responses: l = sqrt(3) * log10(grey), alpha and beta about 0.
        Assert.Equal(Math.Sqrt(3) * Math.Log10(128 / 255.0), planes[0], 2);
        Assert.Equal(0, planes[1], 2);
        Assert.Equal(0, planes[2], 2);
    }
}
