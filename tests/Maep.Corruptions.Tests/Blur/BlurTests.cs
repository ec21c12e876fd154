using Maep.Corruptions.Blur;
using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Tests.Blur;

public sealed class BlurTests
{
    private const int Side = 64;
    private const int Middle = 32;

    private static UnitImage Point => Pictures.Point(Side, Middle, Middle);

    public static TheoryData<Corruption> Blurs => [new GaussianBlur(), new GlassBlur(), new MotionBlur(), new ZoomBlur()];

    [Theory, MemberData(nameof(Blurs))]
    public void A_blur_leaves_a_flat_image_flat(Corruption blur)
    {
        var flat = Pictures.Flat(224, 51 / 255f, 102 / 255f, 204 / 255f);

        for (var severity = 1; severity <= Corruption.Severities; severity++)
            Assert.DoesNotContain(blur.Apply(flat, severity, Pictures.Numbers()).Values.Zip(flat.Values), pair => !(Math.Abs(pair.First - pair.Second) <= 1.01f / 255)); // nor NaN
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(1)]
    [InlineData(6)]
    public void Gaussian_blur_spreads_a_point_as_a_gaussian_that_sums_to_1(double sigma)
    {
        var red = new GaussianBlur().Corrupt(Point, sigma, Pictures.Numbers()).Channel(0).ToArray();

        Assert.Equal(1, red.Sum(), 1e-4);
        Assert.Equal(Math.Exp(-0.5 * 2 / (sigma * sigma)), red[((Middle + 1) * Side) + Middle + 1] / red[(Middle * Side) + Middle], 1e-4);
        var variance = red.Index().Sum(entry => entry.Item * Math.Pow((entry.Index % Side) - Middle, 2));
        var radius = (int)((4 * sigma) + 0.5);
        (double Weight, int Offset)[] whole = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(k => (Math.Exp(-0.5 * k * k / (sigma * sigma)), k))];
        Assert.Equal(whole.Sum(tap => tap.Weight * tap.Offset * tap.Offset) / whole.Sum(tap => tap.Weight), variance, 1e-3);
    }

    [Theory]
    [InlineData(3, 0.1, 29)]
    [InlineData(4, 0.5, 49)]
    [InlineData(1, 0.2, 5)]
    [InlineData(0.3, 0.4, 1)]
    public void Defocus_is_a_disc_of_the_pixels_within_its_radius_and_sums_to_1(double radius, double softening, int pixels)
    {
        var level = new DefocusLevel(radius, softening);

        var kernel = DefocusBlur.Disc(level);

        Assert.Equal(1, kernel.Taps.Sum(tap => tap.Weight), 1e-5);
        Assert.Equal(1.0 / pixels, kernel.Taps.Max(tap => tap.Weight), softening < 0.3 ? 1e-4 : 0.6);
        Assert.All(kernel.Taps, tap => Assert.True((tap.Down * tap.Down) + (tap.Across * tap.Across) <= Math.Pow(radius + 1.5, 2)));
        Assert.All(kernel.Taps, tap => Assert.Contains(kernel.Taps, other => (other.Down, other.Across) == (-tap.Across, tap.Down) && Math.Abs(other.Weight - tap.Weight) < 1e-6));
    }

    [Fact]
    public void Defocus_at_severities_4_and_5_brightens_by_a_percent_as_the_disc_meets_the_edge_of_its_kernel()
    {
        double[] sums = [.. new DefocusBlur().ImageNetLevels.Select(level => DefocusBlur.Disc(level).Taps.Sum(tap => tap.Weight))];

        Assert.Equal([1, 1, 1, 1.013, 1.011], sums.Select(sum => Math.Round(sum, 3)));
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(90, 1, 0)]
    [InlineData(-45, -1, 1)]
    public void Motion_blur_is_half_a_gaussian_along_its_direction(double degrees, int down, int across)
    {
        var taps = MotionKernel.Create(radius: 10, sigma: 3, degrees).Taps;

        Assert.Equal(21, taps.Count);
        Assert.Equal(1, taps.Sum(tap => tap.Weight), 1e-6);
        Assert.Equal((0, 0), (taps[0].Down, taps[0].Across));
        Assert.Equal(Math.Exp(-4.0 / 18), taps[2].Weight / taps[0].Weight, 1e-5);
        Assert.Equal((Math.Sign(down), Math.Sign(across)), (Math.Sign(taps[20].Down), Math.Sign(taps[20].Across)));
        Assert.Equal(20, Math.Sqrt((taps[20].Down * taps[20].Down) + (taps[20].Across * taps[20].Across)), 0.8);
    }

    [Fact]
    public void Zoom_factors_are_those_of_numpy_arange()
    {
        int[] counts = [.. new ZoomBlur().ImageNetLevels.Select(level => level.Factors.Count)];

        Assert.Equal([12, 16, 11, 13, 11], counts); // 1.11 is reached, 1.16 is not: rounding
        Assert.Equal(1.11, new ZoomBlur().ImageNetLevels[0].Factors[^1], 1e-12);
    }

    [Fact]
    public void Zoom_keeps_the_centre_and_moves_the_rest_outwards()
    {
        var taps = LineFilter.Zoom(2, 224).Taps;

        double Source(int target) => taps[target].First + taps[target].Weights[1];
        Assert.Equal(56, Source(0), 0.01);
        Assert.Equal(167, Source(223), 0.01);
        Assert.Equal(111.5, 0.5 * (Source(111) + Source(112)), 0.01);
        Assert.All(taps, tap => Assert.Equal(1, tap.Weights.Sum(), 1e-6));
    }

    [Fact]
    public void Glass_takes_each_pixel_from_within_its_reach()
    {
        // Each pixel says where it is; a reach of 1 in one pass brings it from one row and column away at most, and copies may be copied on.
        var places = new UnitImage(32);
        for (var pixel = 0; pixel < 1024; pixel++)
            (places.Channel(0)[pixel], places.Channel(1)[pixel]) = (pixel / 32 / 255f, pixel % 32 / 255f);

        var glass = new GlassBlur().Corrupt(places, new GlassLevel(0, Reach: 1, Passes: 1), Pictures.Numbers());

        var moved = 0;
        for (var pixel = 0; pixel < 1024; pixel++)
        {
            var (down, across) = (Math.Round(glass.Channel(0)[pixel] * 255) - (pixel / 32), Math.Round(glass.Channel(1)[pixel] * 255) - (pixel % 32));
            Assert.InRange(down, -1, 0); // randint(-1, 1) is -1 or 0
            Assert.InRange(across, -1, 0);
            moved += down != 0 || across != 0 ? 1 : 0;
        }
        Assert.InRange(moved, 600, 800); // three quarters of 30 x 30
    }

    [Fact]
    public void No_blur_leaves_the_image()
    {
        var clean = UnitImage.From(Pictures.SmallScene);

        Assert.Equal(clean.Values, new GaussianBlur().Corrupt(clean, 0, Pictures.Numbers()).Values);
        Assert.Equal(clean.Values, new GlassBlur().Corrupt(clean, new GlassLevel(0, 1, 0), Pictures.Numbers()).Values);
        Assert.Equal(clean.ToRgb().Planar, new MotionBlur().Corrupt(clean, new MotionLevel(0, 1), Pictures.Numbers()).ToRgb().Planar);
        Assert.Equal(clean.ToRgb().Planar, new ZoomBlur().Corrupt(clean, new ZoomLevel(1.001, 0.01), Pictures.Numbers()).ToRgb().Planar);
    }
}
