namespace Maep.Corruptions.Weather;

/// <summary>Heights of clouds by the diamond-square algorithm (Fournier, Fussell and Carpenter, 1982) on a torus.</summary>
internal static class PlasmaFractal
{
    /// <summary>A square of heights.</summary>
    /// <param name="size">Rows and columns, a power of two.</param>
    /// <param name="decay">Divides the random part from each step to the next; less is rougher.</param>
    /// <param name="random">Gives the heights.</param>
    /// <returns>size x size heights from 0 to 1, both reached.</returns>
    public static double[] Draw(int size, double decay, RandomNumbers random)
    {
        var heights = new double[size * size];
        var wobble = 100.0;
        for (var step = size; step >= 2; step /= 2, wobble /= decay)
        {
            var half = step / 2;
            (int, int)[] cross = [(-half, 0), (half, 0), (0, -half), (0, half)];
            Fill(half, half, [(-half, -half), (half, -half), (-half, half), (half, half)]);
            Fill(0, half, cross);
            Fill(half, 0, cross);

            void Fill(int top, int left, (int Down, int Across)[] neighbours)
            {
                for (var row = top; row < size; row += step)
                {
                    for (var column = left; column < size; column += step)
                    {
                        var sum = 0.0;
                        foreach (var (down, across) in neighbours)
                            sum += heights[((row + down + size) % size * size) + ((column + across + size) % size)];
                        heights[(row * size) + column] = (sum / 4) + (wobble * random.Uniform(-wobble, wobble));
                    }
                }
            }
        }
        var (low, high) = (heights.Min(), heights.Max());
        return Array.ConvertAll(heights, height => (height - low) / (high - low));
    }
}
