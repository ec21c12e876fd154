using System.Runtime.InteropServices;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation;

/// <summary>
/// Pictures of images side by side, one row for each example. Titles stand above the columns where the system has a font; a bare
/// container has none, and the picture then starts with the images.
/// </summary>
public static class PictureGrid
{
    private const int Gap = 4;         // white pixels around each image
    private const int TitleHeight = 18;
    private const float FontSize = 13; // pixels; less where a title is wider than its column
    private const int Longest = 32768;

    /// <summary>All columns in one picture, on white.</summary>
    /// <param name="columns">At least one; images of each [N, 3, H, W], floats in [0, 1], all of one shape.</param>
    /// <param name="scale">Nearest-neighbour enlargement, at least 1: each pixel becomes a square of this side.</param>
    /// <returns>A PNG file, 8-bit RGB: 4 + N * (H * scale + 4) rows, below 18 rows of titles where there is a font.</returns>
    /// <exception cref="ArgumentException">There is no column, or an image has the wrong shape, type or range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is below 1, or a side of the picture would pass 32768 pixels.</exception>
    public static byte[] Png(IReadOnlyList<(string Title, Tensor Images)> columns, int scale = 3)
    {
        RequireColumns(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        var (count, height, width) = (columns[0].Images.shape[0], columns[0].Images.shape[2] * scale, columns[0].Images.shape[3] * scale);
        var top = HasFont ? TitleHeight : 0;
        var (rows, across) = (top + Gap + count * (height + Gap), Gap + columns.Count * (width + Gap));
        if (rows > Longest || across > Longest)
            throw new ArgumentOutOfRangeException(nameof(scale), scale, $"The picture would be {across}x{rows} pixels; up to {Longest} a side fit: pass fewer images or a smaller scale.");
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();

        var canvas = full([rows, across, 3], byte.MaxValue, dtype: ScalarType.Byte); // [H', W', 3]
        for (var column = 0; column < columns.Count; column++)
        {
            var pixels = Pixels(columns[column].Images, scale);                      // [N, H, W, 3]
            for (var row = 0; row < count; row++)
                canvas.narrow(0, top + Gap + row * (height + Gap), height).narrow(1, Gap + column * (width + Gap), width).copy_(pixels[row]);
        }
        return Encode(canvas, HasFont ? DrawTitles : null);

        void DrawTitles(SKCanvas drawing)
        {
            for (var column = 0; column < columns.Count; column++)
            {
                using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true, TextSize = FontSize };
                var title = columns[column].Title;
                paint.TextSize *= Math.Min(1, width / paint.MeasureText(title));
                drawing.DrawText(title, Gap + column * (width + Gap), TitleHeight - Gap, paint);
            }
        }
    }

    /// <summary>Shows a signed difference: mid grey where it is 0, lighter where positive, darker where negative.</summary>
    /// <param name="difference">Any shape, floats, such as adversarial minus clean image.</param>
    /// <param name="factor">Amplification, such as 10: with it, 0.05 or more in either direction is saturated.</param>
    /// <returns>0.5 + factor * difference, clamped to [0, 1]; the caller disposes it.</returns>
    public static Tensor Amplified(Tensor difference, double factor)
    {
        using var scope = NewDisposeScope();

        return (0.5 + factor * difference).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>One enlarged picture for each image, without a margin.</summary>
    internal static byte[][] Pngs(Tensor images, int scale)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();

        var pixels = Pixels(images, scale);
        return [.. Enumerable.Range(0, (int)pixels.shape[0]).Select(image => Encode(pixels[image]))];
    }

    internal static void RequireColumns(IReadOnlyList<(string Title, Tensor Images)> columns)
    {
        if (columns.Count == 0)
            throw new ArgumentException("No column given; pass at least one.", nameof(columns));
        foreach (var (title, images) in columns)
        {
            ImageTensors.Require(images, $"columns '{title}'");
            if (!images.shape.SequenceEqual(columns[0].Images.shape))
                throw new ArgumentException(
                    $"Column '{title}' is {ImageTensors.Shape(images)}, column '{columns[0].Title}' {ImageTensors.Shape(columns[0].Images)}; pass one shape.", nameof(columns));
        }
    }

    internal static bool HasFont => SKTypeface.Default.ContainsGlyph('x');

    private static Tensor Pixels(Tensor images, int scale) => // [N, 3, H, W] in [0, 1] -> [N, H * scale, W * scale, 3] bytes
        (images.to(ScalarType.Float32) * 255).round().to(ScalarType.Byte).cpu()
            .repeat_interleave(scale, 2).repeat_interleave(scale, 3).permute(0, 2, 3, 1);

    private static byte[] Encode(Tensor pixels, Action<SKCanvas>? draw = null) // [H, W, 3] bytes
    {
        var (height, width) = (pixels.shape[0], pixels.shape[1]);
        using var opaque = full([height, width, 1], byte.MaxValue, dtype: ScalarType.Byte);
        using var rgba = cat([pixels, opaque], 2);
        var bytes = rgba.data<byte>().ToArray();
        var pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            // Opaque, so that the file holds no alpha channel.
            var layout = new SKImageInfo((int)width, (int)height, SKColorType.Rgba8888, SKAlphaType.Opaque);
            if (draw is not null)
            {
                using var surface = SKSurface.Create(layout, pinned.AddrOfPinnedObject(), layout.RowBytes);
                draw(surface.Canvas);
            }
            using var pixmap = new SKPixmap(layout, pinned.AddrOfPinnedObject(), layout.RowBytes);
            using var data = pixmap.Encode(SKEncodedImageFormat.Png, 100);
            return data.ToArray();
        }
        finally
        {
            pinned.Free();
        }
    }
}
