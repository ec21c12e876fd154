using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Transforms;

/// <summary>Purifies images with the arithmetic of ExtractPixels and ConvertToImage, so that the saved chain gives the same bytes.</summary>
internal sealed class ImageBatch(PurifierMapping mapping, CapturedImages captured, int capacity) : PurificationBatch(mapping, capacity)
{
    /// <summary>Scale of ExtractPixels.</summary>
    public const float BytesToUnit = 1 / 255f;

    /// <summary>Scale of ConvertToImage.</summary>
    public const float UnitToBytes = 255f;

    private const int Alpha = 3;

    private readonly string _modelPath = mapping.Options.ModelPath;
    private readonly ImageResizer? _resizer = mapping.Column.Resizing is { } kind ? new(mapping.Catalog, mapping.Column.Width, mapping.Column.Height, kind) : null;
    private readonly ImagePixels[] _read = new ImagePixels[capacity];
    private readonly ImagePixels?[] _resized = new ImagePixels?[capacity];
    private readonly byte[] _bgra = new byte[4 * mapping.Column.Height * mapping.Column.Width];

    public override Delegate CreateGetter(Func<int> slot) => (ValueGetter<MLImage>)((ref MLImage image) =>
    {
        var row = slot();
        var purified = Purified(row);
        image?.Dispose();
        image = purified.IsEmpty ? null! : ToImage(purified, _read[row], captured[row].Tag);
    });

    protected override bool Accept(int slot)
    {
        var source = captured[slot];
        if (source.IsMissing)
        {
            return false;
        }
        if (source.Width != Column.Width || source.Height != Column.Height)
        {
            source = Resize(source, slot);
        }
        _read[slot] = source;
        return true;
    }

    protected override void Write(int slot, Span<float> image)
    {
        var source = _read[slot];
        var plane = Column.Height * Column.Width;
        var (red, blue) = source.Format == MLPixelFormat.Rgba32 ? (0, 2) : (2, 0);
        var bytes = source.Bytes;
        for (var pixel = 0; pixel < plane; pixel++)
        {
            image[pixel] = bytes[4 * pixel + red] * BytesToUnit;
            image[plane + pixel] = bytes[4 * pixel + 1] * BytesToUnit;
            image[2 * plane + pixel] = bytes[4 * pixel + blue] * BytesToUnit;
        }
    }

    protected override string? Tag(int slot) => captured[slot].Tag;

    private ImagePixels Resize(ImagePixels source, int slot)
    {
        if (_resizer is null)
        {
            throw new InvalidOperationException(
                $"Row{Describe(slot)[3..]} has an image of {source.Width}x{source.Height}, but {_modelPath} purifies {Column.Width}x{Column.Height} "
                + $"(width x height); put ResizeImages(\"{Column.Name}\", {Column.Width}, {Column.Height}) before the purifier, or set SizeHandling to Resize.");
        }
        using var original = source.ToImage()!;
        using var resized = _resizer.Resize(original);
        var sized = _resized[slot] ??= new ImagePixels();
        sized.CopyFrom(resized);
        return sized;
    }

    private MLImage ToImage(ReadOnlySpan<float> purified, ImagePixels source, string? tag)
    {
        var plane = Column.Height * Column.Width;
        var bytes = source.Bytes;
        for (var pixel = 0; pixel < plane; pixel++)
        {
            _bgra[4 * pixel] = ToByte(purified[2 * plane + pixel]);
            _bgra[4 * pixel + 1] = ToByte(purified[plane + pixel]);
            _bgra[4 * pixel + 2] = ToByte(purified[pixel]);
            _bgra[4 * pixel + Alpha] = bytes[4 * pixel + Alpha];
        }
        var image = MLImage.CreateFromPixels(Column.Width, Column.Height, MLPixelFormat.Bgra32, _bgra);
        image.Tag = tag;
        return image;
    }

    // Half to even, in double, as ConvertToImage rounds; the value is a colour in [0, 1].
    private static byte ToByte(float value) => (byte)Math.Round((double)(value * UnitToBytes));
}
