namespace Maep.Images;

/// <summary>Lists images sorted into one folder per class: root/class/image.png, .jpg or .jpeg.</summary>
public static class ImageTree
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>
    /// The class folders and their images, both in ordinal order of their names. Folders and files whose name starts with a dot, and other files, are passed over.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">No such root.</exception>
    /// <exception cref="InvalidDataException">No class folders, or a class without images.</exception>
    public static IReadOnlyList<ClassFolder> List(string root)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"'{root}' does not exist; name the folder that holds one folder of images per class.");
        ClassFolder[] folders = [.. Directory.GetDirectories(root).Where(folder => !Path.GetFileName(folder).StartsWith('.'))
            .Order(StringComparer.Ordinal).Select(folder => new ClassFolder(Path.GetFileName(folder), ImagesIn(folder)))];
        return folders.Length > 0
            ? folders
            : throw new InvalidDataException($"{root}: no class folders; sort the images as {Path.Combine(root, "<class>", "<image>.png")} (.jpg and .jpeg allowed).");
    }

    /// <summary>The images right in a folder, in ordinal order of their names, without those whose name starts with a dot.</summary>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public static IReadOnlyList<string> ImagesIn(string folder)
    {
        string[] files = [.. Directory.GetFiles(folder)
            .Where(file => !Path.GetFileName(file).StartsWith('.') && Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files
            : throw new InvalidDataException($"{folder}: no images; expected {Path.Combine(folder, "<image>.png")} (.jpg and .jpeg allowed). Add some, or remove that folder.");
    }
}

/// <summary>One class of an <see cref="ImageTree"/>.</summary>
/// <param name="Name">Name of the folder.</param>
/// <param name="Files">Paths of its images.</param>
public sealed record ClassFolder(string Name, IReadOnlyList<string> Files);
