using System.Text.RegularExpressions;

namespace Maep.Cli.Tests;

/// <summary>What must not get into the repository.</summary>
public sealed partial class TrackedFilesTests
{
    // Written so that this file does not find itself.
    [GeneratedRegex(@"\.\./share[d]|(?<![\w.~})])/wor[k](/|\b)")]
    private static partial Regex MachinePath();

    [SkippableFact]
    public void No_text_file_names_a_path_of_one_machine()
    {
        var files = Repository.TrackedFiles();
        Skip.If(files is null, "Not a git checkout, so there are no tracked files.");

        var lines = files!.Select(file => Path.Combine(Repository.Root, file)).Where(File.Exists).SelectMany(Lines);

        Assert.DoesNotContain(lines, line => MachinePath().IsMatch(line));
    }

    [Theory]
    [InlineData("see ../", "shared/docs", true)]
    [InlineData("--data /", "work/data", true)]
    [InlineData("\"/", "work\"", true)]
    [InlineData("https://example.org/", "work/data", false)]
    [InlineData("fold/", "worker", false)]
    [InlineData("the two do the ", "work of one", false)]
    public void A_machine_path_is_told_from_other_text(string start, string end, bool found)
    {
        var text = start + end;

        Assert.Equal(found, MachinePath().IsMatch(text));
    }

    private static IEnumerable<string> Lines(string path)
    {
        var text = File.ReadAllText(path);
        return text.Contains('\0', StringComparison.Ordinal) ? [] // not text
            : text.Split('\n').Select((line, index) => $"{Path.GetRelativePath(Repository.Root, path)}:{index + 1}: {line.Trim()}");
    }
}
