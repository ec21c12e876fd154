using System.Net;
using System.Text;
using Maep.Training;

namespace Maep.Evaluation;

/// <summary>
/// A report in one HTML file that needs nothing else: styles inline, pictures as data, fonts of the system, no script. It prints well,
/// and its content security policy forbids the browser to load anything. All texts are plain and are escaped.
/// </summary>
public sealed record HtmlReport
{
    private const string Style = """
        :root { --ink: #1b2430; --soft: #5c6773; --line: #d9dee4; --faint: #f4f6f8; --accent: #1f5fa8; --right: #17703a; --wrong: #b3261e; }
        * { box-sizing: border-box; }
        body { margin: 0; background: #fff; color: var(--ink); line-height: 1.5;
               font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        main { max-width: 960px; margin: 0 auto; padding: 40px 32px 48px; }
        header { border-bottom: 2px solid var(--accent); padding-bottom: 14px; margin-bottom: 30px; }
        h1 { font-size: 27px; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; margin: 0 0 8px; text-wrap: balance; }
        header p { margin: 4px 0 0; color: var(--soft); max-width: 76ch; }
        section { margin: 0 0 34px; }
        h2 { font-size: 16px; font-weight: 650; margin: 0 0 8px; break-after: avoid; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; }
        th { font-weight: 600; text-align: left; }
        .numbers { width: 100%; border-top: 1.5px solid var(--ink); border-bottom: 1.5px solid var(--ink); font-variant-numeric: tabular-nums; }
        .numbers th { padding: 7px 12px; font-size: 13px; color: var(--soft); border-bottom: 1px solid var(--ink); vertical-align: bottom; }
        .numbers td { padding: 7px 12px; border-top: 1px solid var(--line); vertical-align: top; }
        .numbers tbody tr:nth-child(even) { background: var(--faint); }
        .numbers .n { text-align: right; white-space: nowrap; }
        .note { margin: 0 0 10px; font-size: 13px; color: var(--soft); }
        .pictures { width: 100%; table-layout: fixed; }
        .pictures thead th { font-size: 13px; color: var(--soft); padding: 0 0 6px 10px; vertical-align: bottom; }
        .pictures thead th:first-child { padding-left: 0; }
        .pictures tbody th { font-weight: 400; font-size: 13px; line-height: 1.45; vertical-align: middle; overflow-wrap: anywhere; padding: 5px 4px 5px 0; }
        .pictures tbody th b { display: block; font-size: 15px; font-weight: 600; margin-bottom: 3px; }
        .pictures tbody th span { display: grid; grid-template-columns: 4em 1fr; }
        .pictures tbody th i { font-style: normal; color: var(--soft); }
        .pictures td { padding: 5px 0 5px 10px; }
        .pictures img { display: block; width: 100%; height: auto; }
        .pictures .enlarged { image-rendering: pixelated; }
        .curve { width: 100%; max-width: 640px; height: auto; font-size: 12px; }
        .curve text { fill: var(--soft); }
        .curve .value { fill: var(--ink); }
        .curve .grid { stroke: var(--line); }
        .curve polyline { fill: none; stroke: var(--accent); stroke-width: 2; }
        .curve circle, .curve rect { fill: var(--accent); }
        .drawing { display: block; width: 100%; height: auto; font-variant-numeric: tabular-nums; break-inside: avoid; }
        .code { background: var(--faint); border: 1px solid var(--line); padding: 12px 14px; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
        em { font-style: normal; }
        .right { color: var(--right); font-weight: 600; }
        .wrong { color: var(--wrong); font-weight: 600; }
        tr { break-inside: avoid; }
        footer { border-top: 1px solid var(--line); padding-top: 16px; font-size: 13px; break-inside: avoid; }
        footer h2 { font-size: 13px; color: var(--soft); }
        dl { margin: 0; columns: 2; column-gap: 40px; font-variant-numeric: tabular-nums; }
        dl div { display: grid; grid-template-columns: 10em 1fr; gap: 10px; padding: 2px 0; break-inside: avoid; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        @media (max-width: 640px) { main { padding: 20px 16px; } dl { columns: 1; } .pictures { min-width: 560px; } }
        @media print {
          @page { margin: 14mm; }
          body { font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          main { max-width: none; padding: 0; }
          .scroll { overflow: visible; }
        }
        """;

    /// <summary>Heading of the page and of the browser's tab.</summary>
    public required string Title { get; init; }

    /// <summary>Paragraphs under the title: what was measured, and what came out.</summary>
    public IReadOnlyList<string> Subtitle { get; init; } = [];

    /// <summary>Tables, in order, in front of the pictures.</summary>
    public IReadOnlyList<HtmlTable> Tables { get; init; } = [];

    /// <summary>Charts, in order, between the tables and the pictures.</summary>
    public IReadOnlyList<HtmlFigure> Figures { get; init; } = [];

    /// <summary>Examples, in order.</summary>
    public IReadOnlyList<HtmlPictures> Pictures { get; init; } = [];

    /// <summary>Program text, in order, between the pictures and the settings.</summary>
    public IReadOnlyList<(string Caption, string Text)> Code { get; init; } = [];

    /// <summary>What is needed to repeat the measurement, shown at the foot: attack, norm, epsilon, steps, N, seed, versions.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; init; } = [];

    /// <summary>Writes the page; the file is complete or absent.</summary>
    /// <param name="path">File to write, usually *.html; its folder is made when missing.</param>
    public void Write(string path) => AtomicFile.WriteText(path, ToHtml());

    /// <summary>The page.</summary>
    /// <returns>HTML 5, to be stored as UTF-8.</returns>
    public string ToHtml()
    {
        var page = new StringBuilder();
        page.Append($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <title>{Escaped(Title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <main>
            <header>
            <h1>{Escaped(Title)}</h1>

            """);
        foreach (var paragraph in Subtitle)
            page.Append($"<p>{Escaped(paragraph)}</p>\n");
        page.Append("</header>\n");
        foreach (var table in Tables)
            Append(page, table);
        foreach (var figure in Figures)
            page.Append($"<section>\n<h2>{Escaped(figure.Caption)}</h2>\n{figure.ToSvg()}</section>\n");
        foreach (var pictures in Pictures)
            Append(page, pictures);
        foreach (var (caption, text) in Code)
            page.Append($"<section>\n<h2>{Escaped(caption)}</h2>\n<pre class=\"code\">{Escaped(text)}</pre>\n</section>\n");
        if (Settings.Count > 0)
            AppendSettings(page);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder page, HtmlTable table)
    {
        var classes = Enumerable.Range(0, table.Headers.Count).Select(column => table.IsNumeric(column) ? " class=\"n\"" : "").ToArray();
        page.Append($"<section>\n<h2>{Escaped(table.Caption)}</h2>\n<div class=\"scroll\">\n<table class=\"numbers\">\n<thead><tr>");
        for (var column = 0; column < classes.Length; column++)
            page.Append($"<th scope=\"col\"{classes[column]}>{Escaped(table.Headers[column])}</th>");
        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            page.Append("<tr>");
            for (var column = 0; column < classes.Length; column++)
                page.Append($"<td{classes[column]}>{Escaped(row[column])}</td>");
            page.Append("</tr>\n");
        }
        page.Append("</tbody>\n</table>\n</div>\n</section>\n");
    }

    private static void Append(StringBuilder page, HtmlPictures pictures)
    {
        const int captionWidth = 168, padding = 10;
        var columns = pictures.Columns.Select(column => PictureGrid.Pngs(column.Images, pictures.Scale)).ToArray();
        var (height, width) = (pictures.Columns[0].Images.shape[2] * pictures.Scale, pictures.Columns[0].Images.shape[3] * pictures.Scale);
        // Wide pictures shrink to the page; narrow ones keep their size.
        var widest = captionWidth + columns.Length * (width + padding);
        // Hard pixel edges suit enlarged images; one at its own size may shrink, which would alias.
        var enlarged = pictures.Scale > 1 ? " class=\"enlarged\"" : "";
        var predictions = pictures.Captions.All(caption => caption.After is null) ? "the class predicted" : $"the class predicted before and after {Escaped(pictures.Event)}";
        page.Append($"<section>\n<h2>{Escaped(pictures.Caption)}</h2>\n")
            .Append($"<p class=\"note\">Each row: the true class, then {predictions}, ")
            .Append("<span class=\"right\">✓ right</span> or <span class=\"wrong\">✗ wrong</span>.</p>\n")
            .Append($"<div class=\"scroll\">\n<table class=\"pictures\" style=\"max-width: {widest}px\">\n<thead><tr><th scope=\"col\" style=\"width: {captionWidth}px\">true class</th>");
        foreach (var (title, _) in pictures.Columns)
            page.Append($"<th scope=\"col\">{Escaped(title)}</th>");
        page.Append("</tr></thead>\n<tbody>\n");
        for (var row = 0; row < pictures.Captions.Count; row++)
        {
            var caption = pictures.Captions[row];
            var predicted = caption.After is null ? Prediction("seen as", caption.Before, caption.TrueClass)
                : Prediction("before", caption.Before, caption.TrueClass) + Prediction("after", caption.After, caption.TrueClass);
            page.Append($"<tr><th scope=\"row\"><b>{Escaped(caption.TrueClass)}</b>{(caption.Note is null ? "" : $"<i>{Escaped(caption.Note)}</i>")}{predicted}</th>\n");
            for (var column = 0; column < columns.Length; column++)
                page.Append($"<td><img{enlarged} width=\"{width}\" height=\"{height}\" alt=\"{Escaped($"{caption.TrueClass}, {pictures.Columns[column].Title}")}\" src=\"data:image/png;base64,{Convert.ToBase64String(columns[column][row])}\"></td>\n");
            page.Append("</tr>\n");
        }
        page.Append("</tbody>\n</table>\n</div>\n</section>\n");
    }

    // The mark repeats the colour for black-and-white print and for readers who do not tell red from green.
    private static string Prediction(string when, string predicted, string trueClass)
    {
        var (style, mark) = predicted == trueClass ? ("right", "✓") : ("wrong", "✗");
        return $"<span><i>{when}</i><em class=\"{style}\">{Escaped(predicted)} {mark}</em></span>";
    }

    private void AppendSettings(StringBuilder page)
    {
        page.Append("<footer>\n<h2>Settings</h2>\n<dl>\n");
        foreach (var (name, value) in Settings)
            page.Append($"<div><dt>{Escaped(name)}</dt><dd>{Escaped(value)}</dd></div>\n");
        page.Append("</dl>\n</footer>\n");
    }

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
