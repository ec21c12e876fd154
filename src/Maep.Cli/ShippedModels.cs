namespace Maep.Cli;

/// <summary>The models that come with the tool, in the folder models/ beside it.</summary>
internal static class ShippedModels
{
    /// <summary>The folder.</summary>
    public static string Folder { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>Path of a shipped model by file name.</summary>
    /// <exception cref="FileNotFoundException">The installation lacks it.</exception>
    public static string Path(string name)
    {
        var path = System.IO.Path.Combine(Folder, name);
        return File.Exists(path) ? path
            : throw new FileNotFoundException($"'{path}' is missing from this installation; build or install the tool again.", path);
    }
}
