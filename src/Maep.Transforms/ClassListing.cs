using System.Text.RegularExpressions;

namespace Maep.Transforms;

/// <summary>
/// How folders of images sorted by class are listed: which folders are classes, in which order they are numbered, and which files are images.
/// Every reader of class folders asks here, so that a class has one number everywhere.
/// </summary>
internal static partial class ClassListing
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>Names of the folders of a folder, in ordinal order, without those that start with a dot.</summary>
    public static string[] Folders(string folder) =>
        [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];

    /// <summary>Whether a file is an image by its extension, in any case, and not hidden by a dot.</summary>
    public static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) && !Path.GetFileName(path).StartsWith('.');

    /// <summary>Class folders in the order that numbers them: by value where all names are whole numbers (2 before 10), in ordinal order otherwise.</summary>
    /// <param name="names">Names, each once.</param>
    /// <param name="where">What errors call the folder that holds them.</param>
    /// <exception cref="InvalidDataException">Two names are one number, as 1 and 01 are.</exception>
    public static string[] InOrder(IEnumerable<string> names, string where)
    {
        string[] ordinal = [.. names.Order(StringComparer.Ordinal)];
        if (!AreNumbers(ordinal))
            return ordinal;
        if (ordinal.GroupBy(Digits).FirstOrDefault(group => group.Skip(1).Any()) is { } same)
            throw new InvalidDataException($"{where}: class folders '{same.First()}' and '{same.Skip(1).First()}' are the same number; rename or merge them, so that each class has one folder.");
        return [.. ordinal.OrderBy(name => Digits(name).Length).ThenBy(Digits, StringComparer.Ordinal)];
    }

    /// <summary>Whether all names are whole numbers, written in the digits 0 to 9; false for none.</summary>
    public static bool AreNumbers(IReadOnlyCollection<string> names) => names.Count > 0 && names.All(name => name.All(char.IsAsciiDigit));

    /// <summary>The first class whose folder is another number than its index; null where there is none, or names are no numbers.</summary>
    /// <param name="classes">In the order of <see cref="InOrder"/>.</param>
    public static string? FirstMisnumbered(IReadOnlyList<string> classes) =>
        AreNumbers([.. classes]) ? classes.Index().FirstOrDefault(pair => Digits(pair.Item) != $"{pair.Index}").Item : null;

    /// <summary>What a reader of results has to know about the numbers of the classes; whole sentences without a full stop.</summary>
    /// <param name="classes">In the order of <see cref="InOrder"/>.</param>
    public static IEnumerable<string> Notes(IReadOnlyList<string> classes)
    {
        var (first, second) = classes.Zip(classes.Skip(1)).FirstOrDefault(pair => string.CompareOrdinal(pair.First, pair.Second) > 0);
        if (AreNumbers([.. classes]))
        {
            yield return $"the {classes.Count} class folders are whole numbers and are numbered by value"
                + (FirstMisnumbered(classes) is { } name ? $": folder '{name}' is class {classes.ToList().IndexOf(name)}" : "")
                + (first is null ? "" : $"; torchvision and Keras number folders as text, '{second}' before '{first}', so a classifier that was trained that way needs a class index file (--classes)");
        }
        else if (NumberedTexts(classes).Zip(NumberedTexts(classes).Skip(1)).FirstOrDefault(pair => pair.First.Length > pair.Second.Length) is { First: { } longer, Second: { } shorter })
        {
            yield return $"class folders are numbered in the order of their names as text, as torchvision and Keras do: '{longer}' comes before '{shorter}'";
        }
        foreach (var alike in classes.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Skip(1).Any()))
            yield return $"class folders {string.Join(" and ", alike.Select(name => $"'{name}'"))} differ only in case and are classes of their own";
    }

    // A whole number without the zeros in front of it, however long.
    private static string Digits(string name) => name.TrimStart('0') is { Length: > 0 } digits ? digits : "0";

    // class1, class2, class10: all of one text with a number behind it, which may be written with zeros in front.
    private static IReadOnlyList<string> NumberedTexts(IReadOnlyList<string> classes) =>
        classes.Count > 1 && classes.All(name => NumberedText().IsMatch(name)) && classes.Select(name => NumberedText().Match(name).Groups[1].Value).Distinct().Count() == 1 ? classes : [];

    [GeneratedRegex(@"^(\D+)[0-9]+$")]
    private static partial Regex NumberedText();
}
