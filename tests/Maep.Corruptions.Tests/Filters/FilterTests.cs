using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Tests.Filters;

public sealed class FilterTests
{
    [Theory]
    [InlineData("Nearest", "0 0 0 0 1 2 2 2 2")]
    [InlineData("Mirror", "2 1 0 0 1 2 2 1 0")]
    [InlineData("MirrorInside", "1 2 1 0 1 2 1 0 1")]
    public void An_edge_rule_names_the_pixel_that_stands_in(string rule, string indices)
    {
        var inside = Enumerable.Range(-3, 9).Select(index => Enum.Parse<EdgeRule>(rule).Inside(index, 3));

        Assert.Equal(indices, string.Join(' ', inside));
    }

    [Fact]
    public void A_gaussian_wider_than_the_line_folds_back_and_sums_to_1()
    {
        var taps = LineFilter.Gaussian(170.8, deviations: 3, EdgeRule.Mirror, 224).Taps;

        Assert.All(taps, tap => Assert.Equal(1, tap.Weights.Sum(), 1e-4));
        Assert.All(taps, tap => Assert.Equal(224, tap.Weights.Length));
    }

    [Fact]
    public void Chamfer_distances_are_1_along_rows_1_4_on_diagonals_and_2_1969_on_knight_moves()
    {
        var marked = new bool[81];
        marked[40] = true; // the middle of 9 x 9

        var distances = ChamferDistance.To(marked, 9);

        Assert.Equal(0, distances[40]);
        Assert.Equal(3, distances[43], 1e-4);
        Assert.Equal(2.8, distances[40 - 20], 1e-4);
        Assert.Equal(2.1969, distances[40 + 9 + 2], 1e-4);
        Assert.All(ChamferDistance.To(new bool[81], 9), distance => Assert.True(distance > 9));
    }

    [Fact]
    public void Canny_marks_a_step_by_a_line_one_pixel_wide_and_nothing_on_a_faint_one()
    {
        byte[] Step(byte high) => [.. Enumerable.Range(0, 16 * 16).Select(place => place % 16 < 8 ? (byte)0 : high)];

        var edges = CannyEdges.Find(Step(200), 16, low: 50, high: 150);
        var faint = CannyEdges.Find(Step(10), 16, low: 50, high: 150);

        for (var row = 0; row < 16; row++)
            Assert.Equal(1, edges.AsSpan(row * 16, 16).Count(true));
        Assert.DoesNotContain(true, faint);
    }

    [Fact]
    public void A_place_between_pixels_mixes_the_four_around_it()
    {
        float[] plane = [0, 1, 2, 3, 4, 5, 6, 7, 8];

        Assert.Equal(4, Bilinear.At(plane, 3, 1, 1, EdgeRule.Mirror));
        Assert.Equal(3.25f, Bilinear.At(plane, 3, 0.75, 1, EdgeRule.Mirror));
        Assert.Equal(1, Bilinear.At(plane, 3, -0.4, 1, EdgeRule.Mirror));
    }
}
