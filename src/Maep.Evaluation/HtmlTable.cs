using System.Text.RegularExpressions;

namespace Maep.Evaluation;

/// <summary>A table of a report. A column whose cells are all numbers, intervals, "withheld" or empty is set flush right, any other flush left.</summary>
public sealed partial record HtmlTable
{
    /// <param name="caption">What the numbers are: "Accuracy on 1000 images, %".</param>
    /// <param name="headers">At least one.</param>
    /// <param name="rows">Cells as they are to be shown, as many in each row as there are headers.</param>
    /// <exception cref="ArgumentException">There is no header, or a row has another number of cells.</exception>
    public HtmlTable(string caption, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (headers.Count == 0)
            throw new ArgumentException($"Table '{caption}' has no header; pass at least one.", nameof(headers));
        for (var row = 0; row < rows.Count; row++)
            if (rows[row].Count != headers.Count)
                throw new ArgumentException($"Table '{caption}': row {row} has {rows[row].Count} cells; {headers.Count} headers need as many.", nameof(rows));
        (Caption, Headers, Rows) = (caption, headers, rows);
    }

    /// <summary>What the numbers are.</summary>
    public string Caption { get; }

    /// <summary>Name of each column.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>Cells, row by row.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; }

    internal bool IsNumeric(int column)
    {
        var cells = Rows.Select(row => row[column]).Where(cell => !NothingPattern().IsMatch(cell)).ToList();
        return cells.Count > 0 && cells.TrueForAll(cell => NumberPattern().IsMatch(cell));
    }

    // "withheld" in place of a figure, "93.4", "-0.5 dB", "8/255", "51.2 ± 0.3 %", "[48.1, 54.3]", "51.2 (48.1–54.3)", "1e-4", "12 ms"
    [GeneratedRegex(@"^withheld$|^[\s+\-−–±<>≤≥≈~(\[]*\d([\d\s.,/+\-−–±×%()\[\]]|e[+-]?\d)*(dB|ms|s|min|h|GB|MB|kB|B|M|k|x)?$")]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"^\s*([-−–—]|n/a)?\s*$")]
    private static partial Regex NothingPattern();
}
