using Maep.Transforms;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>Images of an ImageNet-C folder, coloured ones, or the clean ones they were made from.</summary>
public sealed class FolderImages : ICorruptedImages
{
    /// <summary>Corruption of the only cell of <see cref="Clean"/>.</summary>
    public const string NoCorruption = "clean";

    private const int SizeTries = 20; // images looked at for one that can be read

    private const string PaletteLayout = "<palette>/<WordNet id>/<image>";

    private readonly Dictionary<(string Corruption, int Severity), ClassFolders> _folders;
    private readonly ImageNetClassIndex _classes;
    private readonly string _root;
    private readonly Lazy<CellSize[]> _counted;
    private readonly Lazy<(int Height, int Width)> _size;
    private IReadOnlyList<string> _others = [];
    private long _otherFiles;

    private FolderImages(string root, IReadOnlyList<ImageNetCCell> cells, string? classIndexPath, CancellationToken cancellation)
    {
        (Name, _root) = (Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))), root);
        _classes = ImageNetClassIndex.For(classIndexPath, [.. cells.Select(cell => cell.Images)]);
        _folders = cells.ToDictionary(cell => (cell.Corruption, cell.Severity), cell => cell.Images);
        _size = new(FirstSize);
        // Millions of files: counted when first asked for, so that whatever else is wrong with a run shows before.
        _counted = new(() => [.. ImageNetC.InOrder(cells.Select(cell => cell.Corruption)).SelectMany(corruption => cells.Where(cell => cell.Corruption == corruption)
            .Select(cell => Size(cell, cancellation)))]);
    }

    /// <summary>The corrupted images of a folder.</summary>
    /// <param name="options">Folder, class index, corruptions and severities.</param>
    /// <param name="cancellation">Stops while files are counted.</param>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="InvalidDataException">No corruption, or a class folder without an index.</exception>
    /// <exception cref="ArgumentException">A corruption or severity asked for is not there.</exception>
    public static FolderImages Corrupted(ImageNetCOptions options, CancellationToken cancellation = default) =>
        new(options.Root, options.Cells(), options.ClassIndexPath, cancellation) { _others = ImageNetCFolder.Open(options.Root).PassedOver };

    /// <summary>Images in other colours, as <c>maep colorize</c> writes them: root/palette/WordNet id/image. A palette stands for a corruption at severity 1.</summary>
    /// <param name="root">Folder of the palettes.</param>
    /// <param name="classIndexPath">Class index file; null where the folders tell the index, as <see cref="ImageNetClassIndex.For"/> says.</param>
    /// <param name="cancellation">Stops while files are counted.</param>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="InvalidDataException">No palette, one without class folders, or a class folder without an index.</exception>
    public static FolderImages Colored(string root, string? classIndexPath, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"'{root}' does not exist; name a folder that maep colorize wrote, {PaletteLayout}.");
        ImageNetCCell[] cells = [.. new ClassFolders(root).Classes.Select(palette => new ImageNetCCell(palette, 1, new ClassFolders(Path.Combine(root, palette))))];
        if (cells.Length == 0 || Array.Exists(cells, cell => cell.Images.Classes.Count == 0))
            throw new InvalidDataException($"{(cells.Length == 0 ? root : Array.Find(cells, cell => cell.Images.Classes.Count == 0)!.Images.Folder)}: no class folder; expected {PaletteLayout}.");
        return new FolderImages(root, cells, classIndexPath, cancellation);
    }

    /// <summary>Clean images: folder/WordNet id/image.</summary>
    /// <param name="folder">Folder that holds the class folders.</param>
    /// <param name="classIndexPath">Class index file; null where the folders tell the index, as <see cref="ImageNetClassIndex.For"/> says.</param>
    /// <param name="cancellation">Stops while files are counted.</param>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="InvalidDataException">A class folder without an index.</exception>
    public static FolderImages Clean(string folder, string? classIndexPath, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"'{folder}' does not exist; name the folder of the clean images, <WordNet id>/<image>.");
        return new FolderImages(folder, [new ImageNetCCell(NoCorruption, 0, new ClassFolders(folder))], classIndexPath, cancellation);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public (int Height, int Width) ImageSize => _size.Value;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _classes.Names;

    /// <inheritdoc/>
    public bool ClassesAreAll => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassFolders => _classes.Folders;

    /// <summary>What a reader of results has to know about the numbers of the classes, one line of text each.</summary>
    public IReadOnlyList<string> Numbering => _classes.Notes;

    /// <inheritdoc/>
    public bool IsImageNet => _classes.IsImageNet;

    /// <summary>Corruptions and severities that have images, in the order of <see cref="ImageNetC.InOrder"/>.</summary>
    /// <exception cref="InvalidDataException">No image at all.</exception>
    /// <exception cref="OperationCanceledException">Stopped while files were counted.</exception>
    public IReadOnlyList<CellSize> Cells => _counted.Value.Where(cell => cell.Images > 0).ToArray() is { Length: > 0 } cells ? cells
        : throw new InvalidDataException($"{Folders(_counted.Value[0]).Folder}: no image; expected <WordNet id>/<image>.JPEG (.jpg and .png allowed). Fill that folder, or name another.");

    /// <summary>Folders left out, relative to the root: no corruption, no severity 1..5, or without images.</summary>
    public IReadOnlyList<string> PassedOver => [.. _others, .. _counted.Value.Where(cell => cell.Images == 0).Select(cell => Path.GetRelativePath(_root, Folders(cell).Folder))];

    /// <summary>Files in class folders that are no .jpeg, .jpg or .png, and not hidden: passed over.</summary>
    public long OtherFiles => _counted.Value.Length > 0 ? _otherFiles : 0;

    /// <inheritdoc/>
    public IEnumerable<CorruptedImage> Images(CellSize cell) => Folders(cell).Images().Select(image => new CorruptedImage(
        Path.GetRelativePath(_root, image.Path), $"{image.Class}/{Path.GetFileNameWithoutExtension(image.Path)}",
        _classes.Find(image.Class) ?? throw new InvalidDataException($"{image.Path}: its class folder came after the run began; start it again."),
        () => ImageFile.Read(image.Path)));

    /// <inheritdoc/>
    public string FirstFile(CellSize cell) => Folders(cell).Images().First().Path;

    // Of the first image that can be read, without counting files; where there is none the run ends with a reason of its own.
    private (int Height, int Width) FirstSize()
    {
        foreach (var path in _folders.Values.SelectMany(folders => folders.Images().Select(image => image.Path).Take(SizeTries)).Take(SizeTries))
        {
            try
            {
                var image = ImageFile.Read(path);
                return (image.Height, image.Width);
            }
            catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                continue; // counted and listed by the run
            }
        }
        return (ImageNetC.ImageSize, ImageNetC.ImageSize);
    }

    private CellSize Size(ImageNetCCell cell, CancellationToken cancellation)
    {
        var (images, others) = cell.Images.Counts(cancellation);
        _otherFiles += others;
        return new CellSize(cell.Corruption, cell.Severity, images);
    }

    private ClassFolders Folders(CellSize cell) => _folders[(cell.Corruption, cell.Severity)];
}
