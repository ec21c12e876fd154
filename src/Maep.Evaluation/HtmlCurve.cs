using System.Globalization;
using System.Net;
using System.Text;

namespace Maep.Evaluation;

/// <summary>A line of shares over a number, drawn as SVG with every point's value beside it.</summary>
public sealed record HtmlCurve : HtmlFigure
{
    private const int Width = 640, Height = 260, Left = 52, Right = 24, Top = 18, Bottom = 44;

    /// <param name="caption">What is drawn.</param>
    /// <param name="axis">Name of the horizontal axis, with its unit.</param>
    /// <param name="points">At least two, horizontal values rising from 0, shares in [0, 1].</param>
    /// <exception cref="ArgumentException">Fewer than two points, or values out of order or range.</exception>
    public HtmlCurve(string caption, string axis, IReadOnlyList<(double X, double Share)> points) : base(caption)
    {
        if (points.Count < 2 || points.Any(point => !(point.Share is >= 0 and <= 1 && point.X >= 0)) || points.Zip(points.Skip(1)).Any(pair => !(pair.Second.X > pair.First.X)))
            throw new ArgumentException($"Curve '{caption}' has {points.Count} points; pass at least two, rising from 0, with shares in [0, 1].", nameof(points));
        (Axis, Points) = (axis, points);
    }

    /// <summary>Name of the horizontal axis.</summary>
    public string Axis { get; }

    /// <summary>Horizontal value and share.</summary>
    public IReadOnlyList<(double X, double Share)> Points { get; }

    /// <summary>The picture. The horizontal axis is spaced as log2(1 + x): small budgets matter most, and 0 stays on it.</summary>
    internal override string ToSvg()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"curve\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(Caption)}\">\n");
        foreach (var share in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(share):F1}\" y2=\"{Y(share):F1}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Y(share) + 4:F1}\" text-anchor=\"end\">{100 * share:F0} %</text>\n");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{string.Join(' ', Points.Select(point => FormattableString.Invariant($"{X(point.X):F1},{Y(point.Share):F1}")))}\"/>\n");
        foreach (var (x, share) in Points)
        {
            // Above the point, so that values near the bottom do not run into the axis.
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(x):F1}\" cy=\"{Y(share):F1}\" r=\"3.5\"/><text class=\"value\" x=\"{X(x) + 6:F1}\" y=\"{Math.Max(Top - 4, Y(share) - 7):F1}\">{100 * share:0.#}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(x):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{x:0.##}</text>\n");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(Axis)}</text>\n</svg>\n");
        return svg.ToString();
    }

    private double X(double value) => Left + ((Width - Left - Right) * Math.Log2(1 + value) / Math.Log2(1 + Points[^1].X));

    private static double Y(double share) => Top + ((Height - Top - Bottom) * (1 - share));
}
