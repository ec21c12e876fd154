namespace Maep.Corruptions.Digital;

/// <summary>The affine map that carries three anchors, an isosceles right triangle in the middle of the image, to where they were moved.</summary>
internal sealed class AffineMap
{
    // Column and row of the source are A * (column, row) + B of the target.
    private readonly double _acrossByColumn, _acrossByRow, _downByColumn, _downByRow, _across, _down;

    private AffineMap((double Column, double Row)[] from, (double Column, double Row)[] to)
    {
        // Target to source, so the moved anchors are where we start: two edges of the triangle, expressed in each other's terms.
        var (u, v) = ((Column: to[0].Column - to[1].Column, Row: to[0].Row - to[1].Row), (Column: to[2].Column - to[1].Column, Row: to[2].Row - to[1].Row));
        var (p, q) = ((Column: from[0].Column - from[1].Column, Row: from[0].Row - from[1].Row), (Column: from[2].Column - from[1].Column, Row: from[2].Row - from[1].Row));
        var area = (u.Column * v.Row) - (v.Column * u.Row);
        _acrossByColumn = ((p.Column * v.Row) - (q.Column * u.Row)) / area;
        _acrossByRow = ((q.Column * u.Column) - (p.Column * v.Column)) / area;
        _downByColumn = ((p.Row * v.Row) - (q.Row * u.Row)) / area;
        _downByRow = ((q.Row * u.Column) - (p.Row * v.Column)) / area;
        _across = from[1].Column - (_acrossByColumn * to[1].Column) - (_acrossByRow * to[1].Row);
        _down = from[1].Row - (_downByColumn * to[1].Column) - (_downByRow * to[1].Row);
    }

    /// <summary>A random map.</summary>
    /// <param name="side">Rows and columns of the image.</param>
    /// <param name="shear">Bound of the moves of each anchor along each axis, in pixels.</param>
    /// <param name="random">Gives six moves: column and row of each anchor in turn.</param>
    public static AffineMap Draw(int side, double shear, RandomNumbers random)
    {
        var (centre, third) = (side / 2, side / 3);
        (double Column, double Row)[] anchors = [(centre + third, centre + third), (centre + third, centre - third), (centre - third, centre - third)];
        return new AffineMap(anchors, [.. anchors.Select(anchor => ((double)(float)(anchor.Column + random.Uniform(-shear, shear)), (double)(float)(anchor.Row + random.Uniform(-shear, shear))))]);
    }

    /// <summary>Where the pixel of the target comes from, in steps of 1/32 pixel: the integer arithmetic by which OpenCV reads between pixels.</summary>
    public (double Row, double Column) Source(int row, int column) =>
        (Stepped(_downByColumn * column, (_downByRow * row) + _down), Stepped(_acrossByColumn * column, (_acrossByRow * row) + _across));

    private static double Stepped(double byColumn, double byRow)
    {
        const int scale = 1024, step = scale / 32;
        return (Whole(byRow * scale) + Whole(byColumn * scale) + (step / 2) >> 5) / 32.0;
    }

    private static int Whole(double value) => (int)Math.Round(value, MidpointRounding.ToEven);
}
