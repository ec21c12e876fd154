namespace Maep.Training.Data;

/// <summary>Signed distances in pixels, negative inside, of the outlines and textures of <see cref="Shapes10"/>; only +, -, *, /, floor and square root, so they agree bit for bit everywhere.</summary>
internal static class ShapeOutline
{
    private const double Sin60 = 0.8660254037844386;
    private const double Cos36 = 0.8090169943749475, Sin36 = 0.5877852522924731;
    private const double InnerRadius = 0.45; // of a star's notches, as a share of its points'

    /// <summary>Disc around the origin.</summary>
    public static double Disc(double x, double y, double radius) => Length(x, y) - radius;

    /// <summary>Band with a hole as wide as a third to a half of it.</summary>
    public static double Ring(double x, double y, double radius) => Math.Abs(Length(x, y) - (0.72 * radius)) - (0.24 * radius);

    /// <summary>Square whose corners lie a little outside the radius.</summary>
    public static double Square(double x, double y, double radius) => Box(x, y, 0.8 * radius, 0.8 * radius);

    /// <summary>Equilateral triangle; corners keep straight distance lines.</summary>
    public static double Triangle(double x, double y, double radius)
    {
        var side = (Sin60 * Math.Abs(x)) + (0.5 * y);
        return Math.Max(side, -y) - (0.56 * radius);
    }

    /// <summary>Two crossed bars.</summary>
    public static double Cross(double x, double y, double radius) =>
        Math.Min(Box(x, y, radius, 0.29 * radius), Box(x, y, 0.29 * radius, radius));

    /// <summary>Five-pointed star: the plane folded into one tenth, then the distance to one edge.</summary>
    public static double Star(double x, double y, double radius)
    {
        radius *= 1.15;
        x = Math.Abs(x);
        Reflect(ref x, ref y, Cos36, -Sin36);
        Reflect(ref x, ref y, -Cos36, -Sin36);
        x = Math.Abs(x);
        y -= radius;
        var (edgeX, edgeY) = (InnerRadius * Sin36, (InnerRadius * Cos36) - 1);
        var along = Math.Clamp(((x * edgeX) + (y * edgeY)) / ((edgeX * edgeX) + (edgeY * edgeY)), 0, radius);
        var distance = Length(x - (edgeX * along), y - (edgeY * along));
        return (y * edgeX) - (x * edgeY) > 0 ? distance : -distance;
    }

    /// <summary>Disc with a disc bitten out of one side.</summary>
    public static double Crescent(double x, double y, double radius) =>
        Math.Max(Length(x, y) - radius, (0.84 * radius) - Length(x - (0.52 * radius), y));

    /// <summary>Three discs melted together: an outline that tells nothing of the class.</summary>
    public static double Blob(double x, double y, double radius, ReadOnlySpan<double> centres)
    {
        var first = Length(x - (radius * centres[0]), y - (radius * centres[1])) - (0.75 * radius);
        var second = Length(x - (radius * centres[2]), y - (radius * centres[3])) - (0.68 * radius);
        var third = Length(x - (radius * centres[4]), y - (radius * centres[5])) - (0.60 * radius);
        return SmoothMin(SmoothMin(first, second, 0.4 * radius), third, 0.4 * radius);
    }

    /// <summary>Parallel bars as wide as the gaps between them.</summary>
    public static double Stripes(double x, double period) => (Math.Abs(Fraction(x / period) - 0.5) - 0.25) * period;

    /// <summary>Chequerboard of two fields a period.</summary>
    public static double Checker(double x, double y, double period)
    {
        var (across, down) = (Stripes(x, period), Stripes(y, period));
        var nearest = Math.Min(Math.Abs(across), Math.Abs(down));
        return (across < 0) == (down < 0) ? nearest : -nearest;
    }

    /// <summary>Round spots on a square grid.</summary>
    public static double Dots(double x, double y, double period) =>
        Length((Fraction(x / period) - 0.5) * period, (Fraction(y / period) - 0.5) * period) - (0.3 * period);

    private static double Box(double x, double y, double halfWidth, double halfHeight)
    {
        var (outX, outY) = (Math.Abs(x) - halfWidth, Math.Abs(y) - halfHeight);
        return Length(Math.Max(outX, 0), Math.Max(outY, 0)) + Math.Min(Math.Max(outX, outY), 0);
    }

    private static void Reflect(ref double x, ref double y, double normalX, double normalY)
    {
        var outside = 2 * Math.Max((x * normalX) + (y * normalY), 0);
        (x, y) = (x - (outside * normalX), y - (outside * normalY));
    }

    private static double SmoothMin(double a, double b, double width)
    {
        var overlap = Math.Max(width - Math.Abs(a - b), 0);
        return Math.Min(a, b) - (overlap * overlap / (4 * width));
    }

    private static double Fraction(double value) => value - Math.Floor(value);

    private static double Length(double x, double y) => Math.Sqrt((x * x) + (y * y));
}
