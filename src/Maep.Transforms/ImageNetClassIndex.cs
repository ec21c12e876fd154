using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Maep.Transforms;

/// <summary>Which score of a classifier belongs to which class folder.</summary>
public sealed class ImageNetClassIndex
{
    /// <summary>Classes of ImageNet's classification task.</summary>
    public const int ImageNetClasses = 1000;

    // Of the 1000 WordNet ids in ordinal order, one a line: 1000 folders of another set must not pass for ImageNet's.
    private const string ImageNetDigest = "385e0240499426c022b773be1ae4da780f057b89c9694c7f47199f62746b6edd";

    private const string Remedy = "give a class index file, for ImageNet's classes Keras' imagenet_class_index.json (maep evaluate --classes FILE)";

    private static readonly JsonSerializerOptions Format = new() { AllowDuplicateProperties = false };

    private readonly Dictionary<string, int> _indices;
    private readonly string _source;

    private ImageNetClassIndex(IReadOnlyList<string> folders, IReadOnlyList<string> names, string source)
    {
        (Folders, Names, _source) = (folders, names, source);
        _indices = folders.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
    }

    /// <summary>Class folder of each index, for ImageNet its WordNet id.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>What a reader calls each class; its folder where no file told a name.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What a reader of results has to know about the numbers of the classes, one line of text each; empty where a file or ImageNet's order told them.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Whether these are the 1000 classes of ImageNet's classification task, in any order.</summary>
    public bool IsImageNet => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Folders.Order(StringComparer.Ordinal))))) == ImageNetDigest;

    /// <summary>Index of a class folder, 0-based; null where it has none.</summary>
    public int? Find(string folder) => _indices.TryGetValue(folder, out var index) ? index : null;

    /// <summary>Index of a class folder, 0-based.</summary>
    /// <param name="name">Name of the folder.</param>
    /// <param name="root">Folder that holds it.</param>
    /// <exception cref="InvalidDataException">It has none.</exception>
    public int Require(string name, string root) => Find(name) ?? throw new InvalidDataException(
        $"{Path.Combine(root, name)}: '{name}' is not among the {Folders.Count} classes of {_source}{Hint(name)}; give the class index of these images, or take that folder away.");

    /// <summary>Reads a file such as Keras' imagenet_class_index.json: { "0": ["n01440764", "tench"], ... }.</summary>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Not of that form, an index missing, or a folder twice.</exception>
    public static ImageNetClassIndex Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"No class index at '{path}'; give a file such as Keras' imagenet_class_index.json.", path);
        }
        Dictionary<string, string[]>? entries;
        try
        {
            entries = JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllText(path), Format);
        }
        catch (JsonException error)
        {
            throw Fault(path, $"not JSON of that form ({error.Message})", error);
        }
        if (entries is not { Count: > 0 })
        {
            throw Fault(path, "no class in it");
        }
        var ordered = Enumerable.Range(0, entries.Count).Select(index =>
            entries.TryGetValue(index.ToString(CultureInfo.InvariantCulture), out var entry) && entry is [_, _, ..]
                ? entry : throw Fault(path, $"{entries.Count} classes, but none with index {index} and two texts")).ToArray();
        return ordered.GroupBy(entry => entry[0]).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw Fault(path, $"folder '{twice.Key}' has more than one index")
            : new ImageNetClassIndex([.. ordered.Select(entry => entry[0])], [.. ordered.Select(entry => entry[1].Replace('_', ' '))], path);
    }

    /// <summary>The index of a file, or where none is given that of the folders: whole numbers from 0 or 1 on without a gap by value, or ImageNet's own order, for which all its 1000 classes must be there.</summary>
    /// <param name="path">Class index file; null where the folders tell the index.</param>
    /// <param name="sets">Images that need an index.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">A damaged file, a class folder without an index, or no file and neither whole numbers without a gap nor ImageNet's 1000 classes.</exception>
    public static ImageNetClassIndex For(string? path, IReadOnlyList<ClassFolders> sets)
    {
        var folders = sets.SelectMany(set => set.Classes.Select(name => (Name: name, set.Folder))).DistinctBy(folder => folder.Name).ToArray();
        if (path is null)
        {
            var names = ClassListing.InOrder(folders.Select(folder => folder.Name), sets[0].Folder);
            return ClassListing.AreNumbers(names) ? OfNumbers(names, sets[0].Folder) : OfImageNet(names, sets[0].Folder);
        }
        var index = Read(path);
        foreach (var (name, folder) in folders)
        {
            _ = index.Require(name, folder);
        }
        return index;
    }

    // Numbers tell the index only where none is missing: the lowest and the highest may be those that are not there.
    private static ImageNetClassIndex OfNumbers(string[] folders, string where)
    {
        var start = int.TryParse(folders[0], NumberStyles.None, CultureInfo.InvariantCulture, out var lowest) && lowest <= 1 ? lowest : 0;
        var gap = Enumerable.Range(0, folders.Length).FirstOrDefault(index => folders[index].TrimStart('0') != (start + index == 0 ? "" : $"{start + index}"), -1);
        return gap < 0 ? new ImageNetClassIndex(folders, folders, where) { Notes = [.. ClassListing.Notes(folders)] }
            : throw new InvalidDataException($"{where}: class folders '{folders[0]}' to '{folders[^1]}', but none is {start + gap}; whole numbers tell the index only from 0 or 1 on and without a gap: {Remedy}.");
    }

    private static ImageNetClassIndex OfImageNet(string[] folders, string where)
    {
        if (folders.Length != ImageNetClasses)
        {
            throw new InvalidDataException($"{where}: {folders.Length} class folders in all; ImageNet has {ImageNetClasses}, and only when all are there does their order tell the index: {Remedy}.");
        }
        var index = new ImageNetClassIndex(folders, folders, where);
        return index.IsImageNet ? index
            : throw new InvalidDataException($"{where}: {ImageNetClasses} class folders, but not ImageNet's WordNet ids ('{folders[0]}' to '{folders[^1]}'); {Remedy}.");
    }

    // Names that look alike on a screen and are not.
    private string Hint(string name) => Folders.FirstOrDefault(folder => folder.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } other ? $", which has '{other}'"
        : name.Any(letter => CharUnicodeInfo.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark) ? " (its accents are characters of their own, NFD, as macOS stores them, and the index may have letters with accents, NFC)"
        : "";

    private static InvalidDataException Fault(string path, string fault, Exception? inner = null) =>
        new($"{path}: {fault}; expected {{ \"0\": [\"n01440764\", \"tench\"], \"1\": ... }}.", inner);
}
