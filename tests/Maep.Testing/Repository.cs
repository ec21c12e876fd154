using System.Diagnostics;

namespace Maep.Testing;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>Folder of the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Tracked files, relative to the root; null outside a git checkout.</summary>
    public static string[]? TrackedFiles()
    {
        if (!Path.Exists(Path.Combine(Root, ".git")))
            return null;
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, "ls-files", "-z"]) { RedirectStandardOutput = true })!;
        var files = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0)
            throw new InvalidOperationException($"git ls-files in {Root} ended with {git.ExitCode}; see its message above.");
        return files.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Maep.MLNet.sln")) ? folder
            : Find(Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar)) ?? throw new DirectoryNotFoundException("No Maep.MLNet.sln above the tests; run them from the checkout."));
}
