using Maep.Training.Data;

namespace Maep.Cli;

/// <summary>Finds the data sets that commands name.</summary>
internal static class DataSource
{
    /// <summary>Environment variable that names a folder with existing copies.</summary>
    public const string Variable = "MAEP_DATA";

    /// <summary>Folder looked in: the option, the variable, or ./data.</summary>
    public static string Root(string? option) => option ?? Environment.GetEnvironmentVariable(Variable) ?? "data";

    /// <summary>Folder of classifier weights that recipes name: the option, MAEP_WEIGHTS, or ./weights.</summary>
    public static string Weights(string? option) => option ?? Environment.GetEnvironmentVariable("MAEP_WEIGHTS") ?? "weights";

    /// <summary>A folder of photographs among the data sets.</summary>
    public static string Folder(string name, string root) => Path.Combine(root, name) is var path && Directory.Exists(path) ? path
        : throw new DirectoryNotFoundException($"'{path}', the folder of photographs of the recipe, does not exist; put it there, one folder of images for each class, or give its parent with --data or {Variable}.");

    /// <summary>Lists a folder of images by class and prints what a reader of results has to know: how its classes are numbered, and what was passed over.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="numbered">Whether the order of the folders numbers the classes.</param>
    public static ImageTree Listed(string root, bool numbered)
    {
        var tree = ImageTree.Open(root);
        foreach (var note in tree.PassedOver.Concat(numbered ? tree.Numbering : []))
            Console.WriteLine($"{root}: {note}");
        return tree;
    }

    /// <summary>Prints which class folder has which number, where <c>--verbose</c> asks for it.</summary>
    /// <param name="verbose">Whether it does.</param>
    /// <param name="folders">Class folders in the order of their numbers.</param>
    public static void PrintMap(bool verbose, IReadOnlyList<string> folders)
    {
        if (!verbose)
            return;
        foreach (var (index, folder) in folders.Index())
            Console.WriteLine($"class {index}: folder '{folder}'");
    }

    /// <summary>Sets that have a name.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cifar10", "cifar100", "shapes10"];

    /// <summary>Training images of a set by name.</summary>
    public static LabelledImages Train(string set, string root) => set switch
    {
        "shapes10" => Shapes10.Generate(20_000, seed: 1),
        "cifar10" => CifarReader.Cifar10Train(root),
        "cifar100" => CifarReader.Cifar100Train(root),
        _ => throw Unknown(set),
    };

    /// <summary>Test images of a set by name.</summary>
    public static LabelledImages Test(string set, string root) => set switch
    {
        "shapes10" => Shapes10.Generate(2_000, seed: 2),
        "cifar10" => CifarReader.Cifar10Test(root),
        "cifar100" => CifarReader.Cifar100Test(root),
        _ => throw Unknown(set),
    };

    private static ArgumentException Unknown(string set) => new($"Data set '{set}' is not known; use {string.Join(", ", Names)}, or, where images are attacked, a folder of images.");
}
