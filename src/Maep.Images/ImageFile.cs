using System.Runtime.InteropServices;
using SkiaSharp;

namespace Maep.Images;

/// <summary>
/// PNG and JPEG files in and out. Pixels are the 8-bit RGB that ML.NET's LoadImages makes of a file, so that a figure measured here is the program's own: colours are
/// multiplied by their alpha, as over black; colour profiles and EXIF orientation are not applied.
/// </summary>
public static class ImageFile
{
    /// <summary>Reads a PNG or JPEG file at its full size.</summary>
    /// <exception cref="InvalidDataException">The file cannot be decoded as a whole.</exception>
    public static RgbImage Read(string path) => Decode(File.ReadAllBytes(path), path);

    /// <summary>Decodes a PNG or JPEG file in memory.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="path">What errors call it.</param>
    /// <exception cref="InvalidDataException">The bytes cannot be decoded as a whole.</exception>
    public static RgbImage Decode(byte[] file, string path)
    {
        using var stream = new SKMemoryStream(file);
        using var codec = SKCodec.Create(stream, out var opened);
        if (codec is null)
            throw Corrupt(path, opened);
        // The codec's own size, never a scaled decode, which for JPEG would drop frequencies; no colour space, so values stay as stored.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        if (!RgbImage.FitsMemory(info.Height, info.Width))
            throw new InvalidDataException($"{path}: {info.Width}x{info.Height} pixels (width x height) are more than memory holds; replace or delete that file.");
        using var bitmap = new SKBitmap(info);
        var decoded = codec.GetPixels(info, bitmap.GetPixels());
        if (decoded != SKCodecResult.Success)
            throw Corrupt(path, decoded);
        var interleaved = bitmap.GetPixelSpan();
        var plane = info.Height * info.Width;
        var planar = new byte[3 * plane];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            for (var channel = 0; channel < 3; channel++)
                planar[(channel * plane) + pixel] = interleaved[(4 * pixel) + channel];
        }
        return new RgbImage(planar, info.Height, info.Width);
    }

    /// <summary>The image as a PNG file without an alpha channel.</summary>
    public static byte[] Png(RgbImage image) => Encode(image, pixmap => pixmap.Encode(SKPngEncoderOptions.Default));

    /// <summary>The image as a JPEG file, colour at half the resolution (4:2:0), as Pillow and libjpeg do by default.</summary>
    /// <param name="image">The image.</param>
    /// <param name="quality">1..100, on the scale of libjpeg.</param>
    public static byte[] Jpeg(RgbImage image, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        return Encode(image, pixmap => pixmap.Encode(new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore)));
    }

    private static byte[] Encode(RgbImage image, Func<SKPixmap, SKData> encode)
    {
        var plane = image.Height * image.Width;
        var interleaved = new byte[4 * plane];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            for (var channel = 0; channel < 3; channel++)
                interleaved[(4 * pixel) + channel] = image.Planar[(channel * plane) + pixel];
            interleaved[(4 * pixel) + 3] = byte.MaxValue;
        }
        var pinned = GCHandle.Alloc(interleaved, GCHandleType.Pinned);
        try
        {
            // Opaque, so that the file holds no alpha channel.
            var layout = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
            using var pixmap = new SKPixmap(layout, pinned.AddrOfPinnedObject(), layout.RowBytes);
            using var data = encode(pixmap);
            return data.ToArray();
        }
        finally
        {
            pinned.Free();
        }
    }

    private static InvalidDataException Corrupt(string path, SKCodecResult result) =>
        new($"{path}: cannot be decoded as PNG or JPEG ({result}); replace or delete that file.");
}
