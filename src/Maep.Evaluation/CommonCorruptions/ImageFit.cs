namespace Maep.Evaluation.CommonCorruptions;

/// <summary>What happens to an image before a classifier sees it. ImageNet-C's own images are used as they are; everything else is asked for and stands in the report.</summary>
public enum ImageFit
{
    /// <summary>Nothing: an image of another size than the classifier takes is not used.</summary>
    AsIs,

    /// <summary>The middle of the image is cut out; a smaller image is not used.</summary>
    Crop,

    /// <summary>The image is stretched to the size with a bilinear filter that counts every pixel.</summary>
    Resize,

    /// <summary>The shorter side is resized to 256/224 of the size, then the middle cut out: how ImageNet's validation images are prepared.</summary>
    ResizeCrop,
}

/// <summary>Applies an <see cref="ImageFit"/>.</summary>
internal static class ImageFits
{
    private const double Margin = 256.0 / 224;

    /// <summary>The image in the asked size.</summary>
    /// <exception cref="InvalidDataException">The image cannot have that size in this way.</exception>
    public static RgbImage Fit(this RgbImage image, ImageFit fit, int height, int width) => fit switch
    {
        ImageFit.Resize => image.Resize(height, width),
        ImageFit.ResizeCrop => Middle(ResizedToCover(image, (int)Math.Round(height * Margin), (int)Math.Round(width * Margin)), height, width),
        ImageFit.Crop => Middle(image, height, width),
        _ => (image.Height, image.Width) == (height, width) ? image
            : throw new InvalidDataException($"{image.Width}x{image.Height} pixels (width x height), {width}x{height} are expected and images are used as they are; prepare them so, or choose how with --image-fit or --clean-fit"),
    };

    /// <summary>As reports print it.</summary>
    public static string Description(ImageFit fit) => fit switch
    {
        ImageFit.Crop => "middle cut out",
        ImageFit.Resize => "stretched to size, bilinear with antialiasing",
        ImageFit.ResizeCrop => "shorter side resized to 256/224 of the size, bilinear with antialiasing, then the middle cut out",
        _ => "used as they are",
    };

    private static RgbImage ResizedToCover(RgbImage image, int height, int width)
    {
        var scale = Math.Max((double)height / image.Height, (double)width / image.Width);
        return image.Resize(Math.Max(height, (int)(image.Height * scale)), Math.Max(width, (int)(image.Width * scale)));
    }

    private static RgbImage Middle(RgbImage image, int height, int width) => image.Height >= height && image.Width >= width
        ? image.CropMiddle(height, width)
        : throw new InvalidDataException($"{image.Width}x{image.Height} pixels (width x height), too small to cut {width}x{height} out of");
}
