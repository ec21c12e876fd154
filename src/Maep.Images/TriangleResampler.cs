namespace Maep.Images;

/// <summary>
/// Resizes with a triangle filter, columns first: bilinear when enlarging; when shrinking the triangle widens with the scale, so that
/// every source pixel counts. The same filter as BILINEAR of Pillow and antialiased bilinear of torchvision; edges renormalise.
/// </summary>
public static class TriangleResampler
{
    /// <summary>Resizes a planar image of three channels.</summary>
    /// <param name="planar">3 x rows x columns bytes.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <returns>3 x height x width bytes, rounded once, at the end.</returns>
    public static byte[] Resize(byte[] planar, int rows, int columns, int height, int width)
    {
        var (across, down) = (Taps(columns, width), Taps(rows, height));
        var narrow = new float[3 * rows * width];
        for (var line = 0; line < 3 * rows; line++)
        {
            for (var x = 0; x < width; x++)
            {
                var (first, weights) = across[x];
                var sum = 0f;
                for (var k = 0; k < weights.Length; k++)
                    sum += weights[k] * planar[(line * columns) + first + k];
                narrow[(line * width) + x] = sum;
            }
        }
        var result = new byte[3 * height * width];
        for (var place = 0; place < result.Length; place++)
        {
            var (channel, y, x) = (place / (height * width), place / width % height, place % width);
            var (first, weights) = down[y];
            var sum = 0.5f; // rounds half up
            for (var k = 0; k < weights.Length; k++)
                sum += weights[k] * narrow[(((channel * rows) + first + k) * width) + x];
            result[place] = (byte)Math.Clamp(sum, 0, 255);
        }
        return result;
    }

    // For each target pixel the first source pixel under its triangle and the weights from there on, which sum to 1.
    private static (int First, float[] Weights)[] Taps(int source, int target)
    {
        var scale = (double)source / target;
        var reach = Math.Max(scale, 1);
        var taps = new (int, float[])[target];
        for (var k = 0; k < target; k++)
        {
            var centre = (k + 0.5) * scale;
            var first = Math.Max((int)(centre - reach + 0.5), 0);
            var end = Math.Min((int)(centre + reach + 0.5), source);
            double[] weights = [.. Enumerable.Range(first, end - first).Select(place => Math.Max(0, 1 - (Math.Abs(place + 0.5 - centre) / reach)))];
            var sum = weights.Sum();
            taps[k] = (first, Array.ConvertAll(weights, weight => (float)(weight / sum)));
        }
        return taps;
    }
}
