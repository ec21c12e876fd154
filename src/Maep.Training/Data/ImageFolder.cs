namespace Maep.Training.Data;

/// <summary>Reads images sorted into one folder per class: root/class/image.png, .jpg or .jpeg.</summary>
public static class ImageFolder
{
    /// <summary>Lists every image below the root; the set takes the root folder's name, and decodes an image whenever it is asked for.</summary>
    /// <remarks>
    /// Classes are the folders, and images the files, in the order of <see cref="ImageTree"/>, which says what is passed over. Pixels are decoded at full size to 8-bit RGB as
    /// <see cref="ImageFile"/> does: colours are multiplied by their alpha, colour profiles and EXIF orientation are not applied. Resizing stretches to the asked size with <see cref="TriangleResampler"/>, the bilinear filter of Pillow and of
    /// antialiased torchvision; without <paramref name="resize"/> an image of another size is an error.
    /// </remarks>
    /// <param name="root">Folder that holds the class folders.</param>
    /// <param name="height">Rows of every image, 1 or more.</param>
    /// <param name="width">Columns of every image, 1 or more.</param>
    /// <param name="resize">Whether images of another size are resampled.</param>
    /// <exception cref="ArgumentOutOfRangeException">Height or width is below 1.</exception>
    /// <exception cref="DirectoryNotFoundException">No such root.</exception>
    /// <exception cref="InvalidDataException">No class folders, or a class without images. The set throws it for an image that cannot be decoded or has another size.</exception>
    public static LabelledImages Read(string root, int height, int width, bool resize = false)
    {
        return Read(ImageTree.Open(root), height, width, resize);
    }

    /// <summary>The images of a listing; the set takes the root folder's name, and decodes an image whenever it is asked for.</summary>
    /// <inheritdoc cref="Read(string, int, int, bool)"/>
    /// <param name="tree">The images.</param>
    /// <param name="height">Rows of every image, 1 or more.</param>
    /// <param name="width">Columns of every image, 1 or more.</param>
    /// <param name="resize">Whether images of another size are resampled.</param>
    public static LabelledImages Read(ImageTree tree, int height, int width, bool resize = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        string[] files = [.. tree.Classes.SelectMany(folder => folder.Files)];
        int[] labels = [.. tree.Classes.SelectMany((folder, label) => folder.Files.Select(_ => label))];
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(tree.Root)));
        return new LabelledImages(name, image => ReadImage(files[image], height, width, resize), labels, height, width, [.. tree.Classes.Select(folder => folder.Name)]);
    }

    // Planar R, G, B of the asked size.
    private static byte[] ReadImage(string path, int height, int width, bool resize)
    {
        var image = ImageFile.Read(path);
        return resize || (image.Height, image.Width) == (height, width)
            ? image.Resize(height, width).Planar
            : throw new InvalidDataException(
                $"{path}: {image.Height}x{image.Width} pixels (rows x columns), but {height}x{width} asked for; ask for the images' own size, or pass resize: true.");
    }
}
