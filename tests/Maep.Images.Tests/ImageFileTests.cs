namespace Maep.Images.Tests;

public sealed class ImageFileTests
{
    private static readonly RgbImage Ramp = new([.. Enumerable.Range(0, 3 * 16 * 24).Select(place => (byte)(place % 24 * 5 + place / 384 * 40))], 16, 24);

    [Fact]
    public void A_png_brings_back_every_byte()
    {
        var back = ImageFile.Decode(ImageFile.Png(Ramp), "x.png");

        Assert.Equal((16, 24), (back.Height, back.Width));
        Assert.Equal(Ramp.Planar, back.Planar);
    }

    [Fact]
    public void A_jpeg_is_nearer_the_higher_its_quality()
    {
        double Error(int quality) => ImageFile.Decode(ImageFile.Jpeg(Ramp, quality), "x.jpg").Planar.Zip(Ramp.Planar, (a, b) => Math.Abs(a - b)).Average();

        Assert.True(Error(7) > Error(25) && Error(25) > Error(95), $"{Error(7)} {Error(25)} {Error(95)}");
        Assert.InRange(Error(95), 0, 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void A_quality_off_the_scale_is_refused(int quality) => Assert.Throws<ArgumentOutOfRangeException>(() => ImageFile.Jpeg(Ramp, quality));

    [Fact]
    public void A_crop_takes_its_rectangle_of_each_plane()
    {
        var part = Ramp.Crop(top: 3, left: 2, height: 2, width: 4);

        Assert.Equal([10, 15, 20, 25, 10, 15, 20, 25], part.Planar[..8]);
        Assert.Equal([50, 55, 60, 65], part.Planar[8..12]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Ramp.Crop(15, 0, 2, 4));
    }
}
