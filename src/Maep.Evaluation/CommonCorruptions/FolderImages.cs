using Maep.Transforms;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>Images of an ImageNet-C folder, coloured ones, or the clean ones they were made from.</summary>
public sealed class FolderImages : ICorruptedImages
{
    /// <summary>Corruption of the only cell of <see cref="Clean"/>.</summary>
    public const string NoCorruption = "clean";

    private const string PaletteLayout = "<palette>/<WordNet id>/<image>";

    private readonly Dictionary<(string Corruption, int Severity), ClassFolders> _folders;
    private readonly ImageNetClassIndex _classes;
    private readonly string _root;

    private FolderImages(string name, string root, IReadOnlyList<ImageNetCCell> cells, ImageNetClassIndex classes)
    {
        (Name, _root, _classes) = (name, root, classes);
        _folders = cells.ToDictionary(cell => (cell.Corruption, cell.Severity), cell => cell.Images);
        Cells = [.. ImageNetC.InOrder(cells.Select(cell => cell.Corruption)).SelectMany(corruption => cells.Where(cell => cell.Corruption == corruption)
            .Select(cell => new CellSize(cell.Corruption, cell.Severity, cell.Images.Count())))];
        if (Cells.FirstOrDefault(cell => cell.Images == 0) is { } empty)
            throw new InvalidDataException($"{_folders[(empty.Corruption, empty.Severity)].Folder}: no image; expected <WordNet id>/<image>.JPEG (.jpg and .png allowed). Fill that folder, or take it away.");
    }

    /// <summary>The corrupted images of a folder.</summary>
    /// <param name="options">Folder, class index, corruptions and severities.</param>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="InvalidDataException">No corruption, a severity without images, or a class folder without an index.</exception>
    /// <exception cref="ArgumentException">A corruption or severity asked for is not there.</exception>
    public static FolderImages Corrupted(ImageNetCOptions options)
    {
        var cells = options.Cells();
        return new FolderImages(FolderName(options.Root), options.Root, cells, ImageNetClassIndex.For(options.ClassIndexPath, [.. cells.Select(cell => cell.Images)]));
    }

    /// <summary>Images in other colours, as <c>maep colorize</c> writes them: root/palette/WordNet id/image. A palette stands for a corruption at severity 1.</summary>
    /// <param name="root">Folder of the palettes.</param>
    /// <param name="classIndexPath">Class index file; null for ImageNet's 1000 classes.</param>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="InvalidDataException">No palette, one without images, or a class folder without an index.</exception>
    public static FolderImages Colored(string root, string? classIndexPath)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"'{root}' does not exist; name a folder that maep colorize wrote, {PaletteLayout}.");
        ImageNetCCell[] cells = [.. new ClassFolders(root).Classes.Select(palette => new ImageNetCCell(palette, 1, new ClassFolders(Path.Combine(root, palette))))];
        if (cells.Length == 0 || Array.Exists(cells, cell => cell.Images.Classes.Count == 0))
            throw new InvalidDataException($"{(cells.Length == 0 ? root : Array.Find(cells, cell => cell.Images.Classes.Count == 0)!.Images.Folder)}: no class folder; expected {PaletteLayout}.");
        return new FolderImages(FolderName(root), root, cells, ImageNetClassIndex.For(classIndexPath, [.. cells.Select(cell => cell.Images)]));
    }

    /// <summary>Clean images: folder/WordNet id/image.</summary>
    /// <param name="folder">Folder that holds the class folders.</param>
    /// <param name="classIndexPath">Class index file; null for ImageNet's 1000 classes.</param>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="InvalidDataException">No image, or a class folder without an index.</exception>
    public static FolderImages Clean(string folder, string? classIndexPath)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"'{folder}' does not exist; name the folder of the clean images, <WordNet id>/<image>.");
        var images = new ClassFolders(folder);
        return new FolderImages(FolderName(folder), folder, [new ImageNetCCell(NoCorruption, 0, images)], ImageNetClassIndex.For(classIndexPath, [images]));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public (int Height, int Width) ImageSize => (ImageNetC.ImageSize, ImageNetC.ImageSize);

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _classes.Names;

    /// <inheritdoc/>
    public bool ClassesAreAll => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassFolders => _classes.Folders;

    /// <inheritdoc/>
    public bool IsImageNet => true;

    /// <inheritdoc/>
    public IReadOnlyList<CellSize> Cells { get; }

    /// <inheritdoc/>
    public IEnumerable<CorruptedImage> Images(CellSize cell) => _folders[(cell.Corruption, cell.Severity)].Images().Select(image => new CorruptedImage(
        Path.GetRelativePath(_root, image.Path), $"{image.Class}/{Path.GetFileNameWithoutExtension(image.Path)}",
        _classes.Find(image.Class) ?? throw new InvalidDataException($"{image.Path}: its class folder came after the run began; start it again."),
        image.Path, () => ImageFile.Read(image.Path)));

    /// <inheritdoc/>
    public string FirstFile(CellSize cell) => _folders[(cell.Corruption, cell.Severity)].Images().First().Path;

    private static string FolderName(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
}
