using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A run over corrupted images as one HTML page, and its charts as a PNG.</summary>
public static class CorruptionPage
{
    /// <summary>Writes the page, and the charts beside it where the system has a font.</summary>
    /// <param name="basePath">Without extension: .html and .png are added; each file is complete or untouched.</param>
    /// <param name="report">What was found.</param>
    /// <param name="examples">Makes the pictures of images.</param>
    /// <param name="set">The images of the run.</param>
    /// <param name="clean">Their clean versions; null where there are none.</param>
    /// <returns>Whether there is a PNG.</returns>
    public static bool Write(string basePath, CorruptionReport report, CorruptionExamples examples, ICorruptedImages set, ICorruptedImages? clean)
    {
        using var scope = NewDisposeScope();
        var (heatMap, bars) = (CorruptionCharts.HeatMap(report.Result), CorruptionCharts.Bars(report.Result));
        new HtmlReport
        {
            Title = report.Title,
            Subtitle = report.Notes(),
            Tables =
            [
                new HtmlTable("Over all corruptions", report.SummaryHeaders, report.SummaryRows()),
                .. report.ErrorRows() is { Count: > 0 } errors ? [new HtmlTable("Corruption errors, % of AlexNet's", report.ErrorHeaders, errors)] : Array.Empty<HtmlTable>(),
            ],
            Figures = [new HtmlDrawing("Accuracy by corruption and severity", heatMap), new HtmlDrawing("Mean accuracy of each corruption", bars)],
            Pictures = examples.Pictures(set, clean) is { } pictures ? [pictures] : [],
            Settings = report.Settings,
        }.Write(basePath + ".html");
        var png = heatMap.Above(bars).ToPng();
        if (png is not null)
            AtomicFile.Write(basePath + ".png", stream => stream.Write(png));
        return png is not null;
    }
}
