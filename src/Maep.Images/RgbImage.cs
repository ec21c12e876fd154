namespace Maep.Images;

/// <summary>An 8-bit RGB image in memory.</summary>
/// <param name="Planar">3 x height x width bytes: planes R, G, B, rows first.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record RgbImage(byte[] Planar, int Height, int Width)
{
    /// <summary>The same image stretched or shrunk with <see cref="TriangleResampler"/>; itself when it has that size.</summary>
    public RgbImage Resize(int height, int width) =>
        (height, width) == (Height, Width) ? this : new(TriangleResampler.Resize(Planar, Height, Width, height, width), height, width);

    /// <summary>A rectangle cut out of the image.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle leaves the image.</exception>
    public RgbImage Crop(int top, int left, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(top + height, Height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(left + width, Width);
        var part = new byte[3 * height * width];
        for (var line = 0; line < 3 * height; line++)
        {
            var (channel, row) = (line / height, line % height);
            Planar.AsSpan((((channel * Height) + top + row) * Width) + left, width).CopyTo(part.AsSpan(line * width));
        }
        return new RgbImage(part, height, width);
    }
}
