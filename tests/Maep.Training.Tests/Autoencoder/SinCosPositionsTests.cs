using Maep.Networks.Purifiers;

namespace Maep.Training.Tests.Autoencoder;

public sealed class SinCosPositionsTests
{
    [Theory]
    [InlineData(4, 1, 1)]
    [InlineData(16, 3, 5)]
    [InlineData(64, 16, 16)]
    public void Positions_are_those_of_get_2d_sincos_pos_embed(int width, int rows, int columns)
    {
        using var positions = SinCosPositions.Of(width, rows, columns);

        Assert.Equal([rows * columns, width], positions.shape);
        var actual = positions.data<float>().ToArray();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                // The original stacks meshgrid(w, h), so the first half embeds the column.
                double[] expected = [.. Embed1d(width / 2, column), .. Embed1d(width / 2, row)];
                for (var at = 0; at < width; at++)
                    Assert.Equal(expected[at], actual[(((row * columns) + column) * width) + at], tolerance: 1e-6);
            }
        }
    }

    [Fact]
    public void Row_1_column_2_at_width_8_has_the_known_values()
    {
        using var positions = SinCosPositions.Of(8, 2, 3);

        // sin and cos of 2 and 0.02, then of 1 and 0.01.
        double[] expected = [0.909297, 0.019999, -0.416147, 0.999800, 0.841471, 0.010000, 0.540302, 0.999950];
        Assert.All(expected.Zip(positions.data<float>().ToArray()[40..48]), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-6));
    }

    // get_1d_sincos_pos_embed_from_grid: omega = 1 / 10000 ** (arange(D / 2) / (D / 2)); sines, then cosines.
    private static IEnumerable<double> Embed1d(int width, int position)
    {
        var angles = Enumerable.Range(0, width / 2).Select(k => position * Math.Exp(-Math.Log(10000) * k / (width / 2.0))).ToArray();
        return [.. angles.Select(Math.Sin), .. angles.Select(Math.Cos)];
    }
}
