namespace Maep.Corruptions.Folders;

/// <summary>One image of a folder of classes.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Class">Name of its class folder.</param>
/// <param name="Name">File name, with extension.</param>
public sealed record SourceImage(string Path, string Class, string Name)
{
    /// <summary>Class and name with a slash, on every system: what the random numbers of its outputs hang on.</summary>
    public string Key => $"{Class}/{Name}";

    /// <summary>All images below a root, as <see cref="ImageTree"/> lists them.</summary>
    /// <exception cref="DirectoryNotFoundException">No such root.</exception>
    /// <exception cref="InvalidDataException">No class folders, or a class without images.</exception>
    public static IReadOnlyList<SourceImage> List(string root) =>
        [.. ImageTree.Open(root).Classes.SelectMany(folder => folder.Files.Select(file => new SourceImage(file, folder.Name, System.IO.Path.GetFileName(file))))];
}
