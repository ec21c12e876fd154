namespace Maep.Corruptions.Filters;

/// <summary>Edges by Canny (1986) as OpenCV finds them: Sobel 3 x 3, gradients by the sum of magnitudes, two thresholds.</summary>
internal static class CannyEdges
{
    /// <summary>Marks the edges of an 8-bit plane.</summary>
    /// <param name="plane">side x side values.</param>
    /// <param name="side">Rows and columns.</param>
    /// <param name="low">Gradients above it carry an edge on.</param>
    /// <param name="high">Gradients above it start one.</param>
    public static bool[] Find(byte[] plane, int side, int low, int high)
    {
        var (across, down) = Sobel(plane, side);
        var strength = new int[plane.Length];
        for (var place = 0; place < plane.Length; place++)
            strength[place] = Math.Abs(across[place]) + Math.Abs(down[place]);
        var crests = new bool[plane.Length];
        var starts = new Stack<int>();
        for (var place = 0; place < plane.Length; place++)
        {
            crests[place] = strength[place] > low && IsCrest(strength, side, place, across[place], down[place]);
            if (crests[place] && strength[place] > high)
                starts.Push(place);
        }
        return Grown(crests, side, starts);
    }

    private static (int[] Across, int[] Down) Sobel(byte[] plane, int side)
    {
        var (across, down) = (new int[plane.Length], new int[plane.Length]);
        for (var row = 0; row < side; row++)
        {
            var (above, below) = (EdgeRule.Nearest.Inside(row - 1, side) * side, EdgeRule.Nearest.Inside(row + 1, side) * side);
            for (var column = 0; column < side; column++)
            {
                var (left, right) = (EdgeRule.Nearest.Inside(column - 1, side), EdgeRule.Nearest.Inside(column + 1, side));
                var (upper, lower) = (plane[above + right] - plane[below + left], plane[below + right] - plane[above + left]);
                var place = (row * side) + column;
                across[place] = upper + lower + (2 * (plane[(row * side) + right] - plane[(row * side) + left]));
                down[place] = lower - upper + (2 * (plane[below + column] - plane[above + column]));
            }
        }
        return (across, down);
    }

    // Whether the gradient is largest along its own direction, of four. Ties go to the right or the lower neighbour, but not on diagonals.
    private static bool IsCrest(int[] strength, int side, int place, int across, int down)
    {
        const int Tangent = 13573; // of 22.5 degrees, times 2^15
        var (horizontal, vertical) = (Math.Abs(across), (long)Math.Abs(down) << 15);
        var (row, column) = (place / side, place % side);
        var slope = (long)horizontal * Tangent;
        if (vertical < slope)
            return strength[place] > At(row, column - 1) && strength[place] >= At(row, column + 1);
        if (vertical > slope + ((long)horizontal << 16)) // tan 67.5 = tan 22.5 + 2
            return strength[place] > At(row - 1, column) && strength[place] >= At(row + 1, column);
        var step = (across ^ down) < 0 ? -1 : 1;
        return strength[place] > At(row - 1, column - step) && strength[place] > At(row + 1, column + step);

        int At(int y, int x) => (uint)y < (uint)side && (uint)x < (uint)side ? strength[(y * side) + x] : 0;
    }

    private static bool[] Grown(bool[] crests, int side, Stack<int> starts)
    {
        var edges = new bool[crests.Length];
        while (starts.TryPop(out var place))
        {
            if (edges[place])
                continue;
            edges[place] = true;
            for (var row = Math.Max((place / side) - 1, 0); row <= Math.Min((place / side) + 1, side - 1); row++)
            {
                for (var column = Math.Max((place % side) - 1, 0); column <= Math.Min((place % side) + 1, side - 1); column++)
                {
                    if (crests[(row * side) + column])
                        starts.Push((row * side) + column);
                }
            }
        }
        return edges;
    }
}
