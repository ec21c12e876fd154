using System.Text;
using System.Text.Json;

namespace Maep.Evaluation;

/// <summary>How every record is written: JSON beside Markdown.</summary>
public static class RecordFiles
{
    /// <summary>Indented, names in camel case.</summary>
    public static JsonSerializerOptions Json { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Writes <paramref name="basePath"/>.json and .md.</summary>
    public static void Save(string basePath, string json, string markdown)
    {
        AtomicFile.WriteText(basePath + ".json", json);
        AtomicFile.WriteText(basePath + ".md", markdown);
    }

    /// <summary>Appends a Markdown table and an empty line.</summary>
    /// <param name="text">The Markdown.</param>
    /// <param name="headers">Column titles.</param>
    /// <param name="rows">Cells; white space around them is taken away.</param>
    /// <param name="hasFigures">Whether all columns but the first are set flush right.</param>
    public static StringBuilder AppendTable(this StringBuilder text, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows, bool hasFigures = true)
    {
        text.AppendLine($"| {string.Join(" | ", headers)} |");
        text.AppendLine($"|---|{string.Concat(headers.Skip(1).Select(_ => hasFigures ? "---:|" : "---|"))}");
        foreach (var row in rows)
            text.AppendLine($"| {string.Join(" | ", row.Select(cell => cell.Trim()))} |");
        return text.AppendLine();
    }
}
