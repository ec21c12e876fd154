namespace Maep.Transforms;

/// <summary>Images sorted into one folder per class, as ImageNet comes: folder/n01440764/image.JPEG. Read as asked for; nothing is kept.</summary>
/// <param name="folder">Folder that holds the class folders.</param>
public sealed class ClassFolders(string folder)
{
    /// <summary>Folder that holds the class folders.</summary>
    public string Folder { get; } = folder;

    /// <summary>Names of the class folders in the order that numbers them: by value where all are whole numbers, in ordinal order otherwise. Those that start with a dot are passed over.</summary>
    /// <exception cref="InvalidDataException">Two of them are the same number, as 1 and 01 are.</exception>
    public IReadOnlyList<string> Classes => ClassListing.InOrder(ClassListing.Folders(Folder), Folder);

    /// <summary>
    /// Every .jpeg, .jpg and .png file (in any case), class by class and in ordinal order of the names, so that two passes agree. Other files are
    /// passed over. Holds the names of one class folder at a time.
    /// </summary>
    public IEnumerable<ClassImage> Images() => Classes.SelectMany(name =>
        Files(name).Order(StringComparer.Ordinal).Select(path => new ClassImage(name, path)));

    /// <summary>Number of <see cref="Images"/>, without sorting or keeping them.</summary>
    /// <param name="cancellation">Stops between class folders.</param>
    public long Count(CancellationToken cancellation = default) => Counts(cancellation).Images;

    /// <summary>Number of <see cref="Images"/>, and of other files in the class folders that are not hidden, which are passed over.</summary>
    /// <param name="cancellation">Stops between class folders.</param>
    public (long Images, long PassedOver) Counts(CancellationToken cancellation = default)
    {
        var (images, others) = (0L, 0L);
        foreach (var name in Classes)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var path in Directory.EnumerateFiles(Path.Combine(Folder, name)))
            {
                if (ClassListing.IsImage(path))
                {
                    images++;
                }
                else if (!Path.GetFileName(path).StartsWith('.'))
                {
                    others++;
                }
            }
        }
        return (images, others);
    }

    private IEnumerable<string> Files(string name) => Directory.EnumerateFiles(Path.Combine(Folder, name)).Where(ClassListing.IsImage);
}

/// <summary>An image file and the class folder it lies in.</summary>
/// <param name="Class">Name of the folder, for ImageNet a WordNet id such as n01440764.</param>
/// <param name="Path">The file.</param>
public readonly record struct ClassImage(string Class, string Path);
