namespace Maep.Corruptions.Tests;

public sealed class RandomNumbersTests
{
    [Fact]
    public void A_seed_and_a_key_give_the_same_numbers_again_and_no_others_do()
    {
        double[] Draw(ulong seed, string key)
        {
            var random = new RandomNumbers(seed, key);
            return [random.Uniform(0, 1), random.Normal(), random.Poisson(20), random.Whole(-5, 5)];
        }

        Assert.Equal(Draw(1, "fog/3/n0/a.png"), Draw(1, "fog/3/n0/a.png"));
        Assert.NotEqual(Draw(1, "fog/3/n0/a.png"), Draw(2, "fog/3/n0/a.png"));
        Assert.NotEqual(Draw(1, "fog/3/n0/a.png"), Draw(1, "fog/4/n0/a.png"));
    }

    [Fact]
    public void The_numbers_are_the_ones_that_golden_files_were_made_with()
    {
        var random = new RandomNumbers(0, "frost/1/n0/scene.png");

        Assert.Equal(0.2720093, random.Uniform(0, 1), 7);
        Assert.Equal(0.8763552, random.Uniform(0, 1), 7);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(60)]
    [InlineData(500)]
    public void Poisson_counts_have_mean_and_variance_alike(double mean)
    {
        var random = Pictures.Numbers();
        const int count = 20_000;

        float[] counts = [.. Enumerable.Range(0, count).Select(_ => (float)random.Poisson(mean))];

        Assert.InRange(Pictures.Mean(counts), mean - (5 * Math.Sqrt(mean / count)), mean + (5 * Math.Sqrt(mean / count)));
        Assert.InRange(Pictures.Variance(counts), mean * 0.94, mean * 1.06); // 5 errors of sqrt(2 / n), for 0.3 with its kurtosis of 6.3
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(701)]
    public void A_mean_beyond_what_can_be_counted_is_refused(double mean) => Assert.Throws<ArgumentOutOfRangeException>(() => Pictures.Numbers().Poisson(mean));

    [Fact]
    public void Whole_numbers_reach_both_ends_and_no_further()
    {
        var random = Pictures.Numbers();

        int[] drawn = [.. Enumerable.Range(0, 1000).Select(_ => random.Whole(-2, 2)).Distinct().Order()];

        Assert.Equal([-2, -1, 0, 1], drawn);
    }
}
