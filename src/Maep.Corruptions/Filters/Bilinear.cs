namespace Maep.Corruptions.Filters;

/// <summary>Reads a plane between its pixels.</summary>
internal static class Bilinear
{
    /// <summary>The value at a place, in pixels from the centre of the first, mixed from the four pixels around it.</summary>
    public static float At(ReadOnlySpan<float> plane, int side, double row, double column, EdgeRule edge)
    {
        var (top, left) = ((int)Math.Floor(row), (int)Math.Floor(column));
        var (down, across) = ((float)(row - top), (float)(column - left));
        var (first, second) = (edge.Inside(top, side) * side, edge.Inside(top + 1, side) * side);
        var (west, east) = (edge.Inside(left, side), edge.Inside(left + 1, side));
        var upper = plane[first + west] + (across * (plane[first + east] - plane[first + west]));
        var lower = plane[second + west] + (across * (plane[second + east] - plane[second + west]));
        return upper + (down * (lower - upper));
    }
}
