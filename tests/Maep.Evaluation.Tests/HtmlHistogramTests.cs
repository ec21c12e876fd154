namespace Maep.Evaluation.Tests;

public sealed class HtmlHistogramTests
{
    [Fact]
    public void Values_count_to_the_part_they_lie_in_and_the_ends_to_the_outer_ones()
    {
        var histogram = new HtmlHistogram("c", "x", -1, 1, [-1, -0.95, 0, 0.05, 0.99, 1, 1 + 1e-9]);

        Assert.Equal((20, 2, 2, 3), (histogram.Counts.Count, histogram.Counts[0], histogram.Counts[10], histogram.Counts[19]));
        Assert.Equal(7, histogram.Counts.Sum());
    }

    [Fact]
    public void Ends_that_do_not_rise_and_values_outside_them_are_refused()
    {
        Assert.Contains("from 1 to 1", Assert.Throws<ArgumentException>(() => new HtmlHistogram("c", "x", 1, 1, [])).Message, StringComparison.Ordinal);
        Assert.Contains("outside -1 to 1", Assert.Throws<ArgumentException>(() => new HtmlHistogram("c", "x", -1, 1, [1.1])).Message, StringComparison.Ordinal);
        Assert.Contains("outside", Assert.Throws<ArgumentException>(() => new HtmlHistogram("c", "x", -1, 1, [double.NaN])).Message, StringComparison.Ordinal);
    }
}
