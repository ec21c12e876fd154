using Maep.Evaluation.Comparison;

namespace Maep.Evaluation.Tests.Comparison;

public sealed class RecordPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maep-page-").FullName;

    private string PagePath => Path.Combine(_folder, "page.md");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_record_replaces_what_lies_at_its_place_and_nothing_else()
    {
        File.WriteAllText(PagePath, "# Title\n\n<!-- record: a -->\nold\n<!-- end of record -->\n\nProse.\n\n<!-- record: b -->\n<!-- end of record -->\n");

        RecordPage.Open(PagePath, "b").Put("| new b |\n");
        var page = RecordPage.Open(PagePath, "a");
        page.Put("| new a |\n");

        Assert.Equal("# Title\n\n<!-- record: a -->\n| new a |\n<!-- end of record -->\n\nProse.\n\n<!-- record: b -->\n| new b |\n<!-- end of record -->\n", File.ReadAllText(PagePath));
        Assert.Equal("| new a |", page.Text);
    }

    [Fact]
    public void A_page_without_the_place_is_refused_with_the_lines_to_add()
    {
        File.WriteAllText(PagePath, "<!-- record: a -->\nno end of its own\n\n<!-- record: c -->\n<!-- end of record -->\n");

        Assert.Contains("put the lines '<!-- record: b -->'", Assert.Throws<InvalidDataException>(() => RecordPage.Open(PagePath, "b")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => RecordPage.Open(PagePath, "a"));
        Assert.Contains("does not exist", Assert.Throws<FileNotFoundException>(() => RecordPage.Open(PagePath + "x", "a")).Message, StringComparison.Ordinal);
    }
}
