namespace Maep.Images;

/// <summary>An 8-bit RGB image in memory.</summary>
/// <param name="Planar">3 x height x width bytes: planes R, G, B, rows first.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record RgbImage(byte[] Planar, int Height, int Width)
{
    private const int Channels = 3;

    /// <summary>3 x height x width bytes: planes R, G, B, rows first.</summary>
    public byte[] Planar { get; init; } = Planar.Length == (long)Channels * Height * Width ? Planar
        : throw new ArgumentException($"{Planar.Length} bytes are no RGB image of {Width}x{Height} (width x height), which has {(long)Channels * Height * Width}; give its three planes.", nameof(Planar));

    /// <summary>The same image stretched or shrunk with <see cref="TriangleResampler"/>; itself when it has that size.</summary>
    /// <exception cref="InvalidDataException">More pixels than an array holds.</exception>
    public RgbImage Resize(int height, int width)
    {
        if ((height, width) == (Height, Width))
            return this;
        return FitsMemory(height, width) ? new(TriangleResampler.Resize(Planar, Height, Width, height, width), height, width)
            : throw new InvalidDataException($"{Width}x{Height} pixels (width x height) would become {width}x{height}, more than memory holds; cut the image first.");
    }

    /// <summary>The middle of the image; where a margin is odd, its smaller half goes where torchvision's CenterCrop puts it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The image is smaller.</exception>
    public RgbImage CropMiddle(int height, int width)
    {
        return Crop(Margin(Height - height), Margin(Width - width), height, width);

        static int Margin(int rest) => (int)Math.Round(rest / 2.0, MidpointRounding.ToEven);
    }

    /// <summary>Whether an image of that size fits into one array, four bytes to a pixel.</summary>
    internal static bool FitsMemory(int height, int width) => (Channels + 1L) * height * width <= Array.MaxLength;

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
