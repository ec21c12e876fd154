using Spectre.Console;

namespace Maep.Cli;

/// <summary>Tables on the terminal.</summary>
internal static class ConsoleTable
{
    private const int ShortName = 20; // names up to this length stay on one line, whatever the terminal's width

    /// <summary>Writes a table of plain text.</summary>
    /// <param name="title">Stands above it.</param>
    /// <param name="headers">Name of each column.</param>
    /// <param name="rows">Cells, row by row.</param>
    /// <param name="figures">How every column but the first is set.</param>
    public static void Write(string title, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows, Justify figures)
    {
        var table = new Table().Title(Markup.Escape(title)).Border(TableBorder.Rounded);
        foreach (var (index, header) in headers.Index())
            table.AddColumn(new TableColumn(Markup.Escape(header)) { Alignment = index == 0 ? Justify.Left : figures, NoWrap = index == 0 && rows.All(row => row[0].Length <= ShortName) });
        foreach (var row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }
}
