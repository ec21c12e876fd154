using SkiaSharp;

namespace Maep.Training.Data;

/// <summary>Reads images sorted into one folder per class: root/class/image.png, .jpg or .jpeg.</summary>
public static class ImageFolder
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>Reads every image below the root; the set takes the root folder's name.</summary>
    /// <remarks>
    /// Classes are the folders, and images the files, in ordinal order of their names; folders whose name starts with a dot and other
    /// files are passed over. Pixels are decoded at full size to 8-bit RGB: transparency, colour profiles and EXIF orientation are not
    /// applied. Resizing stretches to the asked size with <see cref="TriangleResampler"/>, the bilinear filter of Pillow and of
    /// antialiased torchvision; without <paramref name="resize"/> an image of another size is an error.
    /// </remarks>
    /// <param name="root">Folder that holds the class folders.</param>
    /// <param name="height">Rows of every image, 1 or more.</param>
    /// <param name="width">Columns of every image, 1 or more.</param>
    /// <param name="resize">Whether images of another size are resampled.</param>
    /// <exception cref="ArgumentOutOfRangeException">Height or width is below 1.</exception>
    /// <exception cref="DirectoryNotFoundException">No such root.</exception>
    /// <exception cref="InvalidDataException">No class folders, a class without images, an image that cannot be decoded or has another size, or too many pixels for one array.</exception>
    public static LabelledImages Read(string root, int height, int width, bool resize = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var classes = ClassFolders(root);
        string[][] files = [.. classes.Select(Images)];
        var imageBytes = 3L * height * width;
        var count = files.Sum(list => (long)list.Length);
        if (count * imageBytes > Array.MaxLength)
            throw new InvalidDataException(
                $"{root}: {count} images of 3x{height}x{width} need {count * imageBytes} bytes, but one set holds {Array.MaxLength}; use {Array.MaxLength / imageBytes} images or fewer, or a smaller size.");
        var pixels = new byte[count * imageBytes];
        var labels = new List<int>();
        for (var label = 0; label < files.Length; label++)
        {
            foreach (var file in files[label])
            {
                ReadImage(file, height, width, resize).CopyTo(pixels, labels.Count * imageBytes);
                labels.Add(label);
            }
        }
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));
        return new LabelledImages(name, pixels, [.. labels], height, width, [.. classes.Select(folder => Path.GetFileName(folder))]);
    }

    private static string[] ClassFolders(string root)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"'{root}' does not exist; name the folder that holds one folder of images per class.");
        string[] folders = [.. Directory.GetDirectories(root).Where(folder => !Path.GetFileName(folder).StartsWith('.')).Order(StringComparer.Ordinal)];
        return folders.Length > 0
            ? folders
            : throw new InvalidDataException($"{root}: no class folders; sort the images as {Path.Combine(root, "<class>", "<image>.png")} (.jpg and .jpeg allowed).");
    }

    private static string[] Images(string folder)
    {
        string[] files = [.. Directory.GetFiles(folder)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files
            : throw new InvalidDataException($"{folder}: no images; expected {Path.Combine(folder, "<image>.png")} (.jpg and .jpeg allowed). Add some, or remove that folder.");
    }

    // Planar R, G, B of the asked size.
    private static byte[] ReadImage(string path, int height, int width, bool resize)
    {
        var (planar, rows, columns) = Decode(path);
        if (rows == height && columns == width)
            return planar;
        return resize
            ? TriangleResampler.Resize(planar, rows, columns, height, width)
            : throw new InvalidDataException(
                $"{path}: {rows}x{columns} pixels (rows x columns), but {height}x{width} asked for; ask for the images' own size, or pass resize: true.");
    }

    private static (byte[] Planar, int Rows, int Columns) Decode(string path)
    {
        using var stream = new SKMemoryStream(File.ReadAllBytes(path));
        using var codec = SKCodec.Create(stream, out var opened);
        if (codec is null)
            throw Corrupt(path, opened);
        // The codec's own size, never a scaled decode, which for JPEG would drop frequencies; no colour space, so values stay as stored.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var interleaved = new byte[info.BytesSize];
        var decoded = Decode(codec, info, interleaved);
        if (decoded != SKCodecResult.Success)
            throw Corrupt(path, decoded);
        var plane = info.Height * info.Width;
        var planar = new byte[3 * plane];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            for (var channel = 0; channel < 3; channel++)
                planar[(channel * plane) + pixel] = interleaved[(4 * pixel) + channel];
        }
        return (planar, info.Height, info.Width);
    }

    private static SKCodecResult Decode(SKCodec codec, SKImageInfo info, byte[] interleaved)
    {
        using var bitmap = new SKBitmap(info);
        var result = codec.GetPixels(info, bitmap.GetPixels());
        bitmap.GetPixelSpan().CopyTo(interleaved);
        return result;
    }

    private static InvalidDataException Corrupt(string path, SKCodecResult result) =>
        new($"{path}: cannot be decoded as PNG or JPEG ({result}); replace or delete that file.");
}
