using System.Globalization;
using System.Net;
using System.Text;
using SkiaSharp;

namespace Maep.Evaluation;

/// <summary>A chart of rectangles, lines and texts, drawn once and written as SVG for pages and as PNG for everything else.</summary>
/// <param name="width">Pixels.</param>
/// <param name="height">Pixels.</param>
public sealed class Drawing(int width, int height)
{
    /// <summary>Colour of text and of axes.</summary>
    public const string Ink = "#1b2430", Soft = "#5c6773", Line = "#d9dee4";

    private const float PrintScale = 2; // sharp on paper

    private readonly List<Shape> _shapes = [];

    private abstract record Shape;

    private sealed record Box(float X, float Y, float Width, float Height, string Colour) : Shape;

    private sealed record Stroke(float X1, float Y1, float X2, float Y2, string Colour, float Thickness) : Shape;

    private sealed record Label(float X, float Y, string Text, float Size, string Colour, TextPlace Place, bool Bold) : Shape;

    /// <summary>Pixels across.</summary>
    public int Width => width;

    /// <summary>Pixels down.</summary>
    public int Height => height;

    /// <summary>Adds a filled rectangle.</summary>
    public void Rectangle(double x, double y, double across, double down, string colour) => _shapes.Add(new Box((float)x, (float)y, (float)across, (float)down, colour));

    /// <summary>Adds a straight line.</summary>
    public void StraightLine(double x1, double y1, double x2, double y2, string colour, double thickness = 1) => _shapes.Add(new Stroke((float)x1, (float)y1, (float)x2, (float)y2, colour, (float)thickness));

    /// <summary>Adds a text; <paramref name="y"/> is its base line.</summary>
    public void Text(double x, double y, string text, double size = 12, string colour = Ink, TextPlace place = TextPlace.Start, bool bold = false) =>
        _shapes.Add(new Label((float)x, (float)y, text, (float)size, colour, place, bold));

    /// <summary>This drawing with another below it.</summary>
    public Drawing Above(Drawing other, int gap = 24)
    {
        var both = new Drawing(Math.Max(width, other.Width), height + gap + other.Height);
        both._shapes.AddRange(_shapes);
        both._shapes.AddRange(other._shapes.Select(shape => Lowered(shape, height + gap)));
        return both;
    }

    /// <summary>The drawing as an SVG element; texts take the font of the page around it.</summary>
    /// <param name="title">What readers without eyes are told.</param>
    public string ToSvg(string title)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"drawing\" viewBox=\"0 0 {width} {height}\" style=\"max-width: {width}px\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">\n");
        foreach (var shape in _shapes)
            svg.Append(Svg(shape)).Append('\n');
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The drawing as a PNG file at twice its size, on white with a margin; null where the system has no font, as a bare container.</summary>
    public byte[]? ToPng()
    {
        const int margin = 16;
        if (!PictureGrid.HasFont)
            return null;
        using var bitmap = new SKBitmap(new SKImageInfo((int)((width + (2 * margin)) * PrintScale), (int)((height + (2 * margin)) * PrintScale), SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            canvas.Scale(PrintScale);
            canvas.Translate(margin, margin);
            _shapes.ForEach(shape => Draw(canvas, shape));
        }
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static Shape Lowered(Shape shape, float by) => shape switch
    {
        Box box => box with { Y = box.Y + by },
        Stroke stroke => stroke with { Y1 = stroke.Y1 + by, Y2 = stroke.Y2 + by },
        Label label => label with { Y = label.Y + by },
        _ => throw new InvalidOperationException($"Shape {shape} is not known."),
    };

    private static string Svg(Shape shape) => shape switch
    {
        Box box => string.Create(CultureInfo.InvariantCulture, $"<rect x=\"{box.X:0.##}\" y=\"{box.Y:0.##}\" width=\"{box.Width:0.##}\" height=\"{box.Height:0.##}\" fill=\"{box.Colour}\"/>"),
        Stroke stroke => string.Create(CultureInfo.InvariantCulture, $"<line x1=\"{stroke.X1:0.##}\" y1=\"{stroke.Y1:0.##}\" x2=\"{stroke.X2:0.##}\" y2=\"{stroke.Y2:0.##}\" stroke=\"{stroke.Colour}\" stroke-width=\"{stroke.Thickness:0.##}\"/>"),
        Label label => string.Create(CultureInfo.InvariantCulture, $"<text x=\"{label.X:0.##}\" y=\"{label.Y:0.##}\" font-size=\"{label.Size:0.##}\" fill=\"{label.Colour}\"{Anchor(label.Place)}{(label.Bold ? " font-weight=\"600\"" : "")}>{WebUtility.HtmlEncode(label.Text)}</text>"),
        _ => throw new InvalidOperationException($"Shape {shape} is not known."),
    };

    private static string Anchor(TextPlace place) => place switch
    {
        TextPlace.Middle => " text-anchor=\"middle\"",
        TextPlace.End => " text-anchor=\"end\"",
        _ => "",
    };

    private static void Draw(SKCanvas canvas, Shape shape)
    {
        using var paint = new SKPaint { IsAntialias = true };
        switch (shape)
        {
            case Box box:
                paint.Color = SKColor.Parse(box.Colour);
                canvas.DrawRect(box.X, box.Y, box.Width, box.Height, paint);
                break;
            case Stroke stroke:
                (paint.Color, paint.StrokeWidth, paint.Style) = (SKColor.Parse(stroke.Colour), stroke.Thickness, SKPaintStyle.Stroke);
                canvas.DrawLine(stroke.X1, stroke.Y1, stroke.X2, stroke.Y2, paint);
                break;
            case Label label:
                (paint.Color, paint.TextSize, paint.FakeBoldText) = (SKColor.Parse(label.Colour), label.Size, label.Bold);
                paint.TextAlign = label.Place switch { TextPlace.Middle => SKTextAlign.Center, TextPlace.End => SKTextAlign.Right, _ => SKTextAlign.Left };
                canvas.DrawText(label.Text, label.X, label.Y, paint);
                break;
        }
    }
}

/// <summary>Which part of a text stands at its position.</summary>
public enum TextPlace
{
    /// <summary>Its left end.</summary>
    Start,

    /// <summary>Its middle.</summary>
    Middle,

    /// <summary>Its right end.</summary>
    End,
}
