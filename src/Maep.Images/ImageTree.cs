using Maep.Transforms;

namespace Maep.Images;

/// <summary>Images sorted into one folder per class: root/class/image.png, .jpg or .jpeg.</summary>
public sealed class ImageTree
{
    private ImageTree(string root, IReadOnlyList<ClassFolder> classes, IReadOnlyList<string> passedOver) => (Root, Classes, PassedOver) = (root, classes, passedOver);

    /// <summary>The folder that was opened.</summary>
    public string Root { get; }

    /// <summary>
    /// The class folders in the order that numbers them: by value where all names are whole numbers, in ordinal order otherwise. Their images are in ordinal order of their
    /// names. Folders and files whose name starts with a dot, and other files, are passed over.
    /// </summary>
    public IReadOnlyList<ClassFolder> Classes { get; }

    /// <summary>What was passed over and is not hidden by a dot, one line of text each; empty where there is nothing else.</summary>
    public IReadOnlyList<string> PassedOver { get; }

    /// <summary>What a reader of results has to know about the numbers of the classes, one line of text each.</summary>
    public IReadOnlyList<string> Numbering => [.. ClassListing.Notes([.. Classes.Select(folder => folder.Name)])];

    /// <summary>Lists the images below a root; none is opened.</summary>
    /// <exception cref="DirectoryNotFoundException">No such root.</exception>
    /// <exception cref="InvalidDataException">No class folders, a class without images, or two class folders of the same number.</exception>
    public static ImageTree Open(string root)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"'{root}' does not exist; name the folder that holds one folder of images per class.");
        ClassFolder[] folders = [.. ClassListing.InOrder(ClassListing.Folders(root), root).Select(name => new ClassFolder(name, ImagesIn(Path.Combine(root, name))))];
        return folders.Length > 0
            ? new ImageTree(root, folders, [.. Others(root, [.. folders.Select(folder => folder.Name)])])
            : throw new InvalidDataException($"{root}: no class folders; sort the images as {Path.Combine(root, "<class>", "<image>.png")} (.jpg and .jpeg allowed).");
    }

    /// <summary>The images right in a folder, in ordinal order of their names, without those whose name starts with a dot.</summary>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public static IReadOnlyList<string> ImagesIn(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Where(ClassListing.IsImage).Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files
            : throw new InvalidDataException($"{folder}: no images; expected {Path.Combine(folder, "<image>.png")} (.jpg and .jpeg allowed). Add some, or remove that folder.");
    }

    private static IEnumerable<string> Others(string root, string[] classes)
    {
        string[] files = [.. classes.SelectMany(name => Directory.EnumerateFiles(Path.Combine(root, name))).Where(path => IsVisible(path) && !ClassListing.IsImage(path))];
        if (files.Length > 0)
        {
            var kinds = files.CountBy(path => Path.GetExtension(path).ToLowerInvariant()).OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal);
            yield return $"passed over files in class folders that are no .png, .jpg or .jpeg ({files.Length}): {string.Join(", ", kinds.Select(kind => $"{kind.Value} {(kind.Key.Length > 0 ? kind.Key : "without extension")}"))}";
        }
        string[] deeper = [.. classes.SelectMany(name => Directory.EnumerateDirectories(Path.Combine(root, name))).Where(IsVisible)];
        if (deeper.Length > 0)
            yield return $"passed over folders inside class folders ({deeper.Length}), the first '{Path.GetRelativePath(root, deeper.Order(StringComparer.Ordinal).First())}': images lie right in the folder of their class";
        string[] beside = [.. Directory.EnumerateFiles(root).Where(ClassListing.IsImage)];
        if (beside.Length > 0)
            yield return $"passed over images beside the class folders ({beside.Length}), the first '{beside.Order(StringComparer.Ordinal).Select(Path.GetFileName).First()}': they have no class";
    }

    private static bool IsVisible(string path) => !Path.GetFileName(path).StartsWith('.');
}

/// <summary>One class of an <see cref="ImageTree"/>.</summary>
/// <param name="Name">Name of the folder.</param>
/// <param name="Files">Paths of its images.</param>
public sealed record ClassFolder(string Name, IReadOnlyList<string> Files);
