namespace Maep.Corruptions.Folders;

/// <summary>How outputs are stored.</summary>
public sealed class OutputFormat
{
    private const int ImageNetCQuality = 85;

    private readonly string[] _extensions;
    private readonly Func<RgbImage, byte[]> _encode;

    private OutputFormat(string name, string[] extensions, Func<RgbImage, byte[]> encode) => (Name, _extensions, _encode) = (name, extensions, encode);

    /// <summary>JPEG of quality 85, as the images of ImageNet-C.</summary>
    public static OutputFormat Jpeg { get; } = new($"JPEG quality {ImageNetCQuality}", [".jpeg", ".jpg"], image => ImageFile.Jpeg(image, ImageNetCQuality));

    /// <summary>PNG, which loses nothing.</summary>
    public static OutputFormat Png { get; } = new("PNG", [".png"], ImageFile.Png);

    /// <summary>What manifests call it.</summary>
    public string Name { get; }

    /// <summary>The file name of an output: the image's own where the extension fits.</summary>
    public string FileName(string image) =>
        _extensions.Contains(Path.GetExtension(image), StringComparer.OrdinalIgnoreCase) ? image : Path.ChangeExtension(image, _extensions[0]);

    /// <summary>The bytes of an output.</summary>
    public byte[] Encode(RgbImage image) => _encode(image);
}
