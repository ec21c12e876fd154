using System.Globalization;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>What a run over corrupted images found, as charts.</summary>
public static class CorruptionCharts
{
    private const int LabelWidth = 132, CellWidth = 39, CellHeight = 24, MeanWidth = 43, MeanGap = 6, PanelGap = 22, GroupGap = 7, Top = 44;
    private const int PanelWidth = (ImageNetC.Severities * CellWidth) + MeanGap + MeanWidth;
    private const int BarHeight = 10, RowGap = 9, BarsTop = 30, BarsWidth = 620;
    private const double LetterWidth = 7; // of 12 pixels, on the safe side
    private const string BareColour = "#9aa4af", PurifiedColour = "#1f5fa8", Absent = "#eceff2";

    private static readonly string[][] Groups =
    [
        ["gaussian_noise", "shot_noise", "impulse_noise"], ["defocus_blur", "glass_blur", "motion_blur", "zoom_blur"], ["snow", "frost", "fog", "brightness"],
        ["contrast", "elastic_transform", "pixelate", "jpeg_compression"], [.. ImageNetC.ExtraCorruptions],
    ];

    /// <summary>Accuracy by corruption and severity; with a purifier also behind it, and the difference.</summary>
    public static Drawing HeatMap(CorruptionResult result)
    {
        List<(string Title, Func<string, int?, double?> Value, bool IsDifference)> panels = [("top-1 accuracy, bare, %", Accuracy(result.Bare), false)];
        if (result.Purified is { } purified)
        {
            var (before, after) = (Accuracy(result.Bare), Accuracy(purified));
            panels.Add(("purified, %", after, false));
            panels.Add(("purified less bare, points", (corruption, severity) => after(corruption, severity) - before(corruption, severity), true));
        }
        var rows = Rows(result);
        var drawing = new Drawing(LabelWidth + (panels.Count * (PanelWidth + PanelGap)) - PanelGap, (rows.Count > 0 ? rows[^1].Y + CellHeight : Top) + 2);
        foreach (var (corruption, y) in rows)
            drawing.Text(LabelWidth - 8, y + 16, Words(corruption), 12, place: TextPlace.End);
        foreach (var (index, panel) in panels.Index())
            DrawPanel(drawing, LabelWidth + (index * (PanelWidth + PanelGap)), rows, panel);
        return drawing;
    }

    /// <summary>Mean accuracy of each corruption over its severities, bare and purified, with 95 % intervals.</summary>
    public static Drawing Bars(CorruptionResult result)
    {
        var rows = result.Means();
        var purified = rows.Any(row => row.Purified is not null);
        var height = ((purified ? 2 : 1) * BarHeight) + RowGap;
        var left = rows.Select(row => 8 + (int)(LetterWidth * row.Corruption.Length)).Append(LabelWidth).Max(); // palettes have longer names than corruptions
        var drawing = new Drawing(left + BarsWidth + 48, BarsTop + (rows.Count * height) + 26);
        double X(double share) => left + (BarsWidth * share);
        foreach (var share in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            drawing.StraightLine(X(share), BarsTop - 4, X(share), BarsTop + (rows.Count * height), Drawing.Line);
            drawing.Text(X(share), BarsTop + (rows.Count * height) + 18, string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %"), 11, Drawing.Soft, TextPlace.Middle);
        }
        DrawLegend(drawing, left, purified);
        foreach (var (index, row) in rows.Index())
        {
            var y = BarsTop + (index * height) + (RowGap / 2);
            drawing.Text(left - 8, y + ((height - RowGap) / 2) + 4, Words(row.Corruption), 12, place: TextPlace.End);
            DrawBar(row.Bare, y, BareColour);
            if (row.Purified is { } share)
                DrawBar(share, y + BarHeight, PurifiedColour);
        }
        return drawing;

        void DrawBar(EstimatedShare accuracy, double y, string colour)
        {
            drawing.Rectangle(X(0), y, BarsWidth * accuracy.Share, BarHeight - 1, colour);
            var middle = y + ((BarHeight - 1) / 2.0);
            drawing.StraightLine(X(accuracy.Interval.Low), middle, X(accuracy.Interval.High), middle, Drawing.Ink);
            foreach (var end in new[] { accuracy.Interval.Low, accuracy.Interval.High })
                drawing.StraightLine(X(end), middle - 2.5, X(end), middle + 2.5, Drawing.Ink);
            drawing.Text(Math.Max(X(accuracy.Share), X(accuracy.Interval.High)) + 5, y + BarHeight - 1.5, Percent(accuracy.Share), 10, Drawing.Soft);
        }
    }

    private static void DrawLegend(Drawing drawing, int left, bool withPurifier)
    {
        drawing.Rectangle(left, 4, 12, BarHeight, BareColour);
        drawing.Text(left + 17, 13, "bare", 12);
        if (withPurifier)
        {
            drawing.Rectangle(left + 62, 4, 12, BarHeight, PurifiedColour);
            drawing.Text(left + 79, 13, "purified", 12);
        }
        drawing.StraightLine(left + 150, 9, left + 172, 9, Drawing.Ink);
        drawing.Text(left + 178, 13, "95 % interval", 12);
    }

    private static void DrawPanel(Drawing drawing, int left, List<(string Corruption, int Y)> rows, (string Title, Func<string, int?, double?> Value, bool IsDifference) panel)
    {
        drawing.Text(left, 14, panel.Title, 12, bold: true);
        var widest = rows.SelectMany(row => Enumerable.Range(1, ImageNetC.Severities).Select(severity => Math.Abs(panel.Value(row.Corruption, severity) ?? 0))).Append(0.05).Max();
        int?[] columns = [.. Enumerable.Range(1, ImageNetC.Severities).Select(severity => (int?)severity), null];
        foreach (var (index, severity) in columns.Index())
        {
            var (x, across) = (left + (index * CellWidth) + (severity is null ? MeanGap : 0), severity is null ? MeanWidth : CellWidth);
            drawing.Text(x + (across / 2.0), Top - 8, severity?.ToString(CultureInfo.InvariantCulture) ?? "mean", 11, Drawing.Soft, TextPlace.Middle);
            foreach (var (corruption, y) in rows)
            {
                var value = panel.Value(corruption, severity);
                var (fill, ink) = value is not { } share ? (Absent, Drawing.Soft) : panel.IsDifference ? ColourScale.Difference(share / widest) : ColourScale.Share(share);
                drawing.Rectangle(x, y, across - 1, CellHeight - 1, fill);
                drawing.Text(x + ((across - 1) / 2.0), y + 16, value is { } shown ? panel.IsDifference ? Signed(shown) : Percent(shown) : "–", 11, ink, TextPlace.Middle);
            }
        }
    }

    private static List<(string Corruption, int Y)> Rows(CorruptionResult result)
    {
        var (rows, y, last) = (new List<(string, int)>(), Top, -2);
        foreach (var corruption in result.Bare.Corruptions)
        {
            var group = Array.FindIndex(Groups, names => names.Contains(corruption));
            y += last != -2 && group != last ? GroupGap : 0;
            rows.Add((corruption, y));
            (y, last) = (y + CellHeight, group);
        }
        return rows;
    }

    private static Func<string, int?, double?> Accuracy(CorruptionErrors errors) =>
        (corruption, severity) => 1 - (severity is { } one ? errors.Error(corruption, one) : errors.MeanError(corruption));

    private static string Words(string corruption) => corruption.Replace('_', ' ');

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}");

    private static string Signed(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:+0.0;−0.0;0.0}");
}
