using System.Globalization;

namespace Maep.Transforms;

/// <summary>
/// Folders laid out as ImageNet-C (Hendrycks and Dietterich, 2019): root/corruption/severity/WordNet id/image. The folders of the
/// archives (noise, blur, weather, digital, extra) may stand between root and corruption, or not.
/// </summary>
public sealed class ImageNetCFolder
{
    private ImageNetCFolder(string root, IReadOnlyList<ImageNetCCell> cells, IReadOnlyList<string> passedOver) => (Root, Cells, PassedOver) = (root, cells, passedOver);

    /// <summary>The folder that was opened.</summary>
    public string Root { get; }

    /// <summary>Corruptions in ordinal order of their names, each from its lowest severity.</summary>
    public IReadOnlyList<ImageNetCCell> Cells { get; }

    /// <summary>Folders found where a corruption or a severity 1..5 was expected, relative to the root, and left out.</summary>
    public IReadOnlyList<string> PassedOver { get; }

    /// <summary>Finds the corruptions and severities below a root; no image and no class folder is read.</summary>
    /// <param name="root">Folder of the corruptions or of their groups.</param>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="InvalidDataException">No corruption below it, or one of them twice.</exception>
    public static ImageNetCFolder Open(string root)
    {
        if (!Directory.Exists(root))
        {
            throw new DirectoryNotFoundException($"'{root}' does not exist; name the folder that holds {Layout}.");
        }
        if (ClassListing.Folders(root).Any(IsSeverity))
        {
            throw new InvalidDataException($"{root}: holds severities, so it is one corruption; name the folder above it, which holds {Layout}.");
        }
        var (cells, passedOver) = (new List<ImageNetCCell>(), new List<string>());
        foreach (var name in ClassListing.Folders(root))
        {
            var folder = Path.Combine(root, name);
            var inside = ClassListing.Folders(folder);
            if (inside.Any(IsSeverity))
            {
                Add(folder, name, inside);
            }
            else if (inside.Any(corruption => ClassListing.Folders(Path.Combine(folder, corruption)).Any(IsSeverity)))
            {
                Array.ForEach(inside, corruption => Add(Path.Combine(folder, corruption), corruption, ClassListing.Folders(Path.Combine(folder, corruption))));
            }
            else
            {
                passedOver.Add(name);
            }
        }
        RequireOnce(root, cells);
        return new ImageNetCFolder(root, [.. cells.OrderBy(cell => cell.Corruption, StringComparer.Ordinal).ThenBy(cell => cell.Severity)], passedOver);

        void Add(string folder, string corruption, string[] severities)
        {
            cells.AddRange(severities.Where(IsSeverity).Select(severity =>
                new ImageNetCCell(corruption, int.Parse(severity, CultureInfo.InvariantCulture), new ClassFolders(Path.Combine(folder, severity)))));
            var others = severities.Where(severity => !IsSeverity(severity)).Select(severity => Path.Combine(folder, severity)).ToArray();
            passedOver.AddRange((others.Length == 0 && severities.Length == 0 ? [folder] : others).Select(path => Path.GetRelativePath(root, path)));
        }
    }

    private const string Layout = "<corruption>/<severity 1..5>/<WordNet id>/<image>, with or without the folders noise, blur, weather, digital and extra";

    private static bool IsSeverity(string name) => name is ['1' or '2' or '3' or '4' or '5'];

    private static void RequireOnce(string root, List<ImageNetCCell> cells)
    {
        if (cells.Count == 0)
        {
            throw new InvalidDataException($"{root}: no corruption; expected {Layout}.");
        }
        if (cells.GroupBy(cell => (cell.Corruption, cell.Severity)).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidDataException($"{root}: {twice.Key.Corruption}, severity {twice.Key.Severity} is there more than once ({string.Join(", ", twice.Select(cell => cell.Images.Folder))}); leave one.");
        }
    }
}

/// <summary>The images of one corruption at one severity.</summary>
/// <param name="Corruption">Name of its folder, such as gaussian_noise.</param>
/// <param name="Severity">1 to 5.</param>
/// <param name="Images">The images by class.</param>
public sealed record ImageNetCCell(string Corruption, int Severity, ClassFolders Images);
