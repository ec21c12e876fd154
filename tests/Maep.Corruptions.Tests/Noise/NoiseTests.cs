using Maep.Corruptions.Noise;

namespace Maep.Corruptions.Tests.Noise;

/// <summary>Noise on flat images against the moments of its distribution; bounds are five standard errors.</summary>
public sealed class NoiseTests
{
    private const int Side = 224;
    private const double Count = 3 * Side * Side;
    private const double Errors = 5;

    [Theory]
    [InlineData(0.04)]
    [InlineData(0.08)]
    [InlineData(0.38)]
    public void Gaussian_noise_has_mean_0_and_the_deviation_of_its_level(double level)
    {
        var noisy = new GaussianNoise().Corrupt(Pictures.Flat(Side, 0.5f), level, Pictures.Numbers());

        Assert.InRange(Pictures.Mean(noisy.Values), 0.5 - (Errors * level / Math.Sqrt(Count)), 0.5 + (Errors * level / Math.Sqrt(Count)));
        RequireVariance(level * level, noisy, kurtosis: 3);
    }

    [Theory]
    [InlineData(0.2f, 60)]
    [InlineData(0.7f, 5)]
    [InlineData(1f, 500)]
    public void Shot_noise_keeps_the_mean_and_has_the_variance_of_counted_photons(float grey, double level)
    {
        var noisy = new ShotNoise().Corrupt(Pictures.Flat(Side, grey), level, Pictures.Numbers());

        var variance = grey / level;
        Assert.InRange(Pictures.Mean(noisy.Values), grey - (Errors * Math.Sqrt(variance / Count)), grey + (Errors * Math.Sqrt(variance / Count)));
        RequireVariance(variance, noisy, kurtosis: 3 + (1 / (grey * level)));
        Assert.All(noisy.Values.Take(1000), value => Assert.Equal(Math.Round(value * level), value * level, 3)); // whole photons
    }

    [Theory]
    [InlineData(0.03)]
    [InlineData(0.27)]
    public void Impulse_noise_replaces_its_share_of_values_half_by_white_half_by_black(double level)
    {
        var noisy = new ImpulseNoise().Corrupt(Pictures.Flat(Side, 0.5f), level, Pictures.Numbers());

        var bound = Errors * Math.Sqrt(level / 2 * (1 - (level / 2)) / Count);
        Assert.InRange(noisy.Values.Count(value => value == 1) / Count, (level / 2) - bound, (level / 2) + bound);
        Assert.InRange(noisy.Values.Count(value => value == 0) / Count, (level / 2) - bound, (level / 2) + bound);
        Assert.DoesNotContain(noisy.Values, value => value is not (0 or 0.5f or 1));
        var greys = Enumerable.Range(0, Side * Side).Count(pixel => noisy.Channel(0)[pixel] == noisy.Channel(1)[pixel]);
        Assert.True(greys < Side * Side, "channels are replaced by themselves, not whole pixels");
    }

    [Fact]
    public void Speckle_noise_grows_with_the_value_and_spares_black()
    {
        var bright = new SpeckleNoise().Corrupt(Pictures.Flat(Side, 0.8f), 0.15, Pictures.Numbers());
        var black = new SpeckleNoise().Corrupt(new UnitImage(Side), 0.6, Pictures.Numbers());

        RequireVariance(0.8 * 0.15 * 0.8 * 0.15, bright, kurtosis: 3);
        Assert.All(black.Values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void No_noise_leaves_the_image()
    {
        var clean = UnitImage.From(Pictures.SmallScene);

        Assert.Equal(clean.Values, new GaussianNoise().Corrupt(clean, 0, Pictures.Numbers()).Values);
        Assert.Equal(clean.Values, new ImpulseNoise().Corrupt(clean, 0, Pictures.Numbers()).Values);
        Assert.Equal(clean.Values, new SpeckleNoise().Corrupt(clean, 0, Pictures.Numbers()).Values);
    }

    // The variance of a sample variance is (kurtosis - 1) * variance^2 / n.
    private static void RequireVariance(double expected, UnitImage noisy, double kurtosis)
    {
        var bound = Errors * expected * Math.Sqrt((kurtosis - 1) / Count);
        Assert.InRange(Pictures.Variance(noisy.Values), expected - bound, expected + bound);
    }
}
