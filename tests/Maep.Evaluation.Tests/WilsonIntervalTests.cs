namespace Maep.Evaluation.Tests;

public sealed class WilsonIntervalTests
{
    [Theory] // Without continuity correction; 81/263, 15/148, 0/20 and 1/29: Newcombe, 1998, table I, method 3.
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void The_95_percent_interval_is_the_published_one(long successes, long n, double low, double high)
    {
        var interval = WilsonInterval.Of(successes, n);

        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Fact]
    public void No_and_all_successes_end_exactly_at_0_and_1()
    {
        for (var n = 1; n <= 1000; n++)
        {
            Assert.Equal(0, WilsonInterval.Of(0, n).Low);
            Assert.Equal(1, WilsonInterval.Of(n, n).High);
        }
    }

    [Fact]
    public void Successes_and_failures_mirror_each_other()
    {
        var (share, rest) = (WilsonInterval.Of(7, 50), WilsonInterval.Of(43, 50));

        Assert.Equal(1 - share.High, rest.Low, 12);
        Assert.Equal(1 - share.Low, rest.High, 12);
    }

    [Fact]
    public void A_wider_quantile_contains_the_narrower_interval()
    {
        var (narrow, wide) = (WilsonInterval.Of(300, 1000), WilsonInterval.Of(300, 1000, z: 2.575829));

        Assert.True(wide.Low < narrow.Low && narrow.High < wide.High);
    }

    [Theory]
    [InlineData(0, 0, 1.96, "0 observations")]
    [InlineData(-1, 10, 1.96, "-1 successes")]
    [InlineData(11, 10, 1.96, "0..10")]
    [InlineData(5, 10, 0, "Quantile 0")]
    [InlineData(5, 10, double.NaN, "Quantile NaN")]
    public void Faults_name_the_value(long successes, long n, double z, string text)
    {
        var fault = Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(successes, n, z));

        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
    }
}
