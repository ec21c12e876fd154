namespace Maep.Evaluation.CommonCorruptions;

/// <summary>CIFAR-10-C and CIFAR-100-C: corruption.npy, uint8 [5 N, 32, 32, 3] from severity 1 to 5, labels.npy, and classes.txt where the classes are others. Read in blocks from the disk.</summary>
public sealed class CifarCImages : ICorruptedImages
{
    private const string Labels = "labels.npy";
    private const string ClassNamesFile = "classes.txt";
    private const int Block = 256;
    private const int Cifar100Classes = 100;

    private static readonly string[] Cifar10Classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private readonly Dictionary<string, NpyFile> _files;
    private readonly int[] _labels;
    private readonly string _root;

    /// <param name="root">Folder with the .npy files.</param>
    /// <param name="corruptions">Corruptions to take; null for all that are there.</param>
    /// <param name="severities">Severities to take; null for all.</param>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="FileNotFoundException">No labels.npy.</exception>
    /// <exception cref="InvalidDataException">A damaged file, or one of another shape.</exception>
    /// <exception cref="ArgumentException">A corruption or severity asked for is not there.</exception>
    public CifarCImages(string root, IReadOnlyCollection<string>? corruptions = null, IReadOnlyCollection<int>? severities = null)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"'{root}' does not exist; name the folder of CIFAR-10-C or CIFAR-100-C, which holds <corruption>.npy and {Labels}.");
        (_root, Name) = (root, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))));
        _labels = NpyFile.Open(Path.Combine(root, Labels)).ReadIntegers();
        string[] names = [.. Directory.GetFiles(root, "*.npy").Select(path => Path.GetFileNameWithoutExtension(path)).Where(name => $"{name}.npy" != Labels)];
        if (corruptions?.Except(names).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"{root}: no corruption '{unknown}'; there are {string.Join(", ", names.Order(StringComparer.Ordinal))}.");
        if (severities?.FirstOrDefault(severity => severity is < 1 or > ImageNetC.Severities) is > 0 or < 0)
            throw new ArgumentException($"{root}: severities are 1..{ImageNetC.Severities}.");
        _files = names.Where(name => corruptions?.Contains(name) != false).ToDictionary(name => name, name => Open(PathOf(name)));
        if (_files.Count == 0)
            throw new InvalidDataException($"{root}: no <corruption>.npy beside {Labels}.");
        Cells = [.. ImageNetC.InOrder(_files.Keys).SelectMany(name => Enumerable.Range(1, ImageNetC.Severities).Where(severity => severities?.Contains(severity) != false)
            .Select(severity => new CellSize(name, severity, _files[name].Shape[0] / ImageNetC.Severities)))];
        if (_labels.Min() < 0)
            throw new InvalidDataException($"{Path.Combine(root, Labels)}: label {_labels.Min()}; class indices are 0 or more. The file is damaged.");
        (ClassNames, ClassesAreAll) = Named(root, _labels);
    }

    /// <summary>Whether a folder is laid out so.</summary>
    public static bool IsAt(string root) => File.Exists(Path.Combine(root, Labels));

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public (int Height, int Width) ImageSize => ((int)_files.Values.First().Shape[1], (int)_files.Values.First().Shape[2]);

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public bool ClassesAreAll { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassFolders => ClassNames;

    /// <inheritdoc/>
    public bool IsImageNet => false;

    /// <inheritdoc/>
    public IReadOnlyList<CellSize> Cells { get; }

    /// <inheritdoc/>
    public IEnumerable<CorruptedImage> Images(CellSize cell)
    {
        var (file, (height, width)) = (_files[cell.Corruption], ImageSize);
        var first = (cell.Severity - 1) * cell.Images;
        for (var start = 0L; start < cell.Images; start += Block)
        {
            var count = (int)Math.Min(Block, cell.Images - start);
            var from = first + start;
            // Read when the first image of the block is asked for: what a resumed run skips stays on the disk.
            var block = new Lazy<byte[]>(() => file.Read(from, count));
            for (var index = 0; index < count; index++)
            {
                var (place, image) = (index, from + index);
                // One label for each image of a file, or for each photograph.
                yield return new CorruptedImage($"{cell.Corruption}.npy[{image}]", $"{image % cell.Images}", _labels[image % _labels.Length],
                    () => Planar(block.Value.AsSpan(place * 3 * height * width, 3 * height * width), height, width));
            }
        }
    }

    /// <inheritdoc/>
    public string FirstFile(CellSize cell) => PathOf(cell.Corruption);

    private string PathOf(string corruption) => Path.Combine(_root, $"{corruption}.npy");

    // What maep corrupt wrote names its classes; of the published arrays, those with labels below 10 are CIFAR-10-C, those with labels below 100 CIFAR-100-C. Labels that leave
    // some of these classes out may be a part of another set, so they do not tell how many classes there are.
    private static (string[] Names, bool AreAll) Named(string root, int[] labels)
    {
        var (path, least, present) = (Path.Combine(root, ClassNamesFile), labels.Max() + 1, labels.Distinct().Count());
        if (!File.Exists(path))
            return least <= Cifar10Classes.Length ? (Cifar10Classes, present == Cifar10Classes.Length) : ([.. Enumerable.Range(0, least).Select(index => $"class {index}")], present == Cifar100Classes);
        var names = File.ReadAllLines(path);
        return names.Length >= least ? (names, true) : throw new InvalidDataException($"{path}: {names.Length} names, but labels reach {least - 1}; give one name a line for each class, or delete that file.");
    }

    private NpyFile Open(string path)
    {
        var file = NpyFile.Open(path);
        return file is { Type: "u1", Shape: [var images, > 0, > 0, 3] } && images > 0 && images % ImageNetC.Severities == 0 && (images == _labels.Length || images == (long)ImageNetC.Severities * _labels.Length)
            ? file
            : throw new InvalidDataException($"{path}: {file.Type} [{string.Join(", ", file.Shape)}]; expected uint8 [5 N, H, W, 3] with {_labels.Length} images, or five times as many, as {Labels} has {_labels.Length} labels.");
    }

    private static RgbImage Planar(ReadOnlySpan<byte> interleaved, int height, int width)
    {
        var plane = height * width;
        var planar = new byte[3 * plane];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            for (var channel = 0; channel < 3; channel++)
                planar[(channel * plane) + pixel] = interleaved[(3 * pixel) + channel];
        }
        return new RgbImage(planar, height, width);
    }
}
