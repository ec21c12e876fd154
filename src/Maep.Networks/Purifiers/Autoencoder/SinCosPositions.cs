using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>Fixed 2-D sine and cosine positions (He et al., 2022, get_2d_sincos_pos_embed): the first half of the width encodes the column, the second the row.</summary>
public static class SinCosPositions
{
    /// <summary>Positions of every patch of a grid, row by row.</summary>
    /// <param name="width">Token width, a multiple of 4.</param>
    /// <param name="rows">Rows of the grid.</param>
    /// <param name="columns">Columns of the grid.</param>
    /// <returns>[rows * columns, width].</returns>
    public static Tensor Of(int width, int rows, int columns)
    {
        var values = new float[rows * columns * width];
        var quarter = width / 4;
        for (var patch = 0; patch < rows * columns; patch++)
        {
            for (var k = 0; k < quarter; k++)
            {
                var frequency = 1 / Math.Pow(10000, (double)k / quarter);
                var (row, column) = (patch / columns * frequency, patch % columns * frequency);
                var at = (patch * width) + k;
                values[at] = (float)Math.Sin(column);
                values[at + quarter] = (float)Math.Cos(column);
                values[at + (2 * quarter)] = (float)Math.Sin(row);
                values[at + (3 * quarter)] = (float)Math.Cos(row);
            }
        }
        return tensor(values, [rows * columns, width]);
    }
}
