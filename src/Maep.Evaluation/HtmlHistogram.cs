using System.Globalization;
using System.Net;
using System.Text;

namespace Maep.Evaluation;

/// <summary>How many values lie in each of twenty equal parts of a range, drawn as SVG with the count above each bar.</summary>
public sealed record HtmlHistogram : HtmlFigure
{
    private const int Width = 640, Height = 260, Left = 16, Right = 16, Top = 22, Bottom = 44;
    private const int Bars = 20;
    private const int Labels = 4;

    /// <param name="caption">What is drawn.</param>
    /// <param name="axis">Name of the horizontal axis, with its unit.</param>
    /// <param name="low">Left end of the axis.</param>
    /// <param name="high">Right end, above the left one.</param>
    /// <param name="values">Inside both ends up to rounding; may be none.</param>
    /// <exception cref="ArgumentException">The ends do not rise, or a value lies outside them.</exception>
    public HtmlHistogram(string caption, string axis, double low, double high, IReadOnlyList<double> values) : base(caption)
    {
        const double Rounding = 1e-6;
        if (!(high > low))
            throw new ArgumentException($"Histogram '{caption}' reaches from {low} to {high}; the ends must rise.", nameof(high));
        if (values.Any(value => !(value >= low - Rounding && value <= high + Rounding)))
            throw new ArgumentException($"Histogram '{caption}' has values outside {low} to {high}.", nameof(values));
        (Axis, Low, High) = (axis, low, high);
        var counts = new int[Bars];
        foreach (var value in values)
            counts[Math.Clamp((int)((value - low) / (high - low) * Bars), 0, Bars - 1)]++;
        Counts = counts;
    }

    /// <summary>Name of the horizontal axis.</summary>
    public string Axis { get; }

    /// <summary>Left end of the axis.</summary>
    public double Low { get; }

    /// <summary>Right end of the axis.</summary>
    public double High { get; }

    /// <summary>Values in each part, from the left; one that lies on a border counts to its right.</summary>
    public IReadOnlyList<int> Counts { get; }

    /// <inheritdoc/>
    internal override string ToSvg()
    {
        var svg = new StringBuilder();
        var (step, most) = ((double)(Width - Left - Right) / Bars, Math.Max(1, Counts.Max()));
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"curve\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(Caption)}\">\n");
        foreach (var (bar, count) in Counts.Index())
        {
            var (x, tall) = (Left + (bar * step), (double)(Height - Top - Bottom) * count / most);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x + 1:F1}\" y=\"{Height - Bottom - tall:F1}\" width=\"{step - 2:F1}\" height=\"{tall:F1}\"/>");
            if (count > 0)
                svg.Append(CultureInfo.InvariantCulture, $"<text class=\"value\" x=\"{x + (step / 2):F1}\" y=\"{Height - Bottom - tall - 5:F1}\" text-anchor=\"middle\">{count}</text>");
            svg.Append('\n');
        }
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\"/>\n");
        for (var label = 0; label <= Labels; label++)
        {
            var share = (double)label / Labels;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + (share * (Width - Left - Right)):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{Low + (share * (High - Low)):0.##}</text>\n");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(Axis)}</text>\n</svg>\n");
        return svg.ToString();
    }
}
