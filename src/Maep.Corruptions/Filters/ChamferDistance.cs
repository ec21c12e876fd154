namespace Maep.Corruptions.Filters;

/// <summary>Distances in a plane along steps of three kinds (Borgefors, 1986), the approximation of Euclid's that OpenCV takes for a mask of 5 x 5.</summary>
internal static class ChamferDistance
{
    private const int Unit = 1 << 16;
    private const int Straight = Unit;
    private const int Diagonal = 91750;  // 1.4
    private const int Knight = 143976;   // 2.1969
    private const int Unreached = int.MaxValue >> 2;

    // What lies before a pixel in reading order; the way back takes the same steps the other way.
    private static readonly (int Down, int Across, int Length)[] Steps =
        [(-2, -1, Knight), (-2, 1, Knight), (-1, -2, Knight), (-1, -1, Diagonal), (-1, 0, Straight), (-1, 1, Diagonal), (-1, 2, Knight), (0, -1, Straight)];

    /// <summary>Distance of each pixel from the nearest marked one, in pixels; more than the plane is wide where none is marked.</summary>
    public static float[] To(bool[] marked, int side)
    {
        var distances = Array.ConvertAll(marked, mark => mark ? 0 : Unreached);
        for (var place = 0; place < marked.Length; place++)
            Shorten(place, 1);
        for (var place = marked.Length - 1; place >= 0; place--)
            Shorten(place, -1);
        return Array.ConvertAll(distances, distance => (float)distance / Unit);

        void Shorten(int place, int direction)
        {
            foreach (var (down, across, length) in Steps)
            {
                var (row, column) = ((place / side) + (direction * down), (place % side) + (direction * across));
                if ((uint)row < (uint)side && (uint)column < (uint)side)
                    distances[place] = Math.Min(distances[place], distances[(row * side) + column] + length);
            }
        }
    }
}
