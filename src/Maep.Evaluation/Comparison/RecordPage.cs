namespace Maep.Evaluation.Comparison;

/// <summary>A Markdown page with places for records, between the lines "&lt;!-- record: NAME --&gt;" and "&lt;!-- end of record --&gt;": the text around them is written by hand, the tables never.</summary>
public sealed class RecordPage
{
    private const string End = "<!-- end of record -->";

    private const string AnyStart = "<!-- record: ";

    private readonly string _path;
    private readonly string _start;

    private RecordPage(string path, string name) => (_path, _start) = (path, $"{AnyStart}{name} -->");

    /// <summary>Looks for the place of a record.</summary>
    /// <param name="path">The page.</param>
    /// <param name="name">The record's file name without extension.</param>
    /// <exception cref="FileNotFoundException">No such page.</exception>
    /// <exception cref="InvalidDataException">The page has no place of that name.</exception>
    public static RecordPage Open(string path, string name)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; give a Markdown page with a line '<!-- record: {name} -->'.", path);
        var page = new RecordPage(path, name);
        page.Place(File.ReadAllText(path));
        return page;
    }

    /// <summary>What lies at the place now.</summary>
    public string Text
    {
        get
        {
            var text = File.ReadAllText(_path);
            return text[Place(text)].Trim('\n');
        }
    }

    /// <summary>Replaces what lies at the place. The page is read again: another command may have filled another place meanwhile.</summary>
    /// <param name="markdown">The record's Markdown.</param>
    public void Put(string markdown)
    {
        var text = File.ReadAllText(_path);
        var place = Place(text);
        AtomicFile.WriteText(_path, $"{text[..place.Start]}\n{markdown.Trim('\n')}\n{text[place.End..]}");
    }

    private Range Place(string text)
    {
        var start = text.IndexOf(_start, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(End, start, StringComparison.Ordinal);
        // Without an end of its own it would take the text up to another's, which somebody wrote.
        return end >= 0 && text.IndexOf(AnyStart, start + 1, end - start - 1, StringComparison.Ordinal) < 0 ? new Range(start + _start.Length, end)
            : throw new InvalidDataException($"{_path}: has no place of its own for the record; put the lines '{_start}' and '{End}' where it belongs, one after the other.");
    }
}
