using System.Text.Json;
using Maep.Evaluation.CommonCorruptions;
using Maep.Transforms;

namespace Maep.Evaluation.Tests.CommonCorruptions;

public sealed class CorruptionReportTests : IDisposable
{
    private readonly CorruptedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AlexNets_own_errors_are_printed_as_100()
    {
        var report = Report(Result(purified: false));

        Assert.Equal(["mCE, % of AlexNet's", "100.0"], report.SummaryRows()[0]);
        Assert.Equal(["relative mCE, % of AlexNet's", "100.0"], report.SummaryRows()[1]);
        Assert.Equal(["mean accuracy, 75 of 75 cells, %", "21.1"], report.SummaryRows()[2]);
        Assert.All(report.ErrorRows(), row => Assert.Equal(("100.0", "100.0"), (row[2], row[3])));
        Assert.DoesNotContain(report.Notes(), note => note.Contains("mCE and relative mCE are withheld", StringComparison.Ordinal));
    }

    [Fact]
    public void Bare_and_purified_stand_side_by_side()
    {
        var report = Report(Result(purified: true));

        Assert.Equal(["Summary", "Bare", "Purified"], report.SummaryHeaders);
        Assert.Equal("100.0", report.SummaryRows()[0][1]);
        Assert.True(double.Parse(report.SummaryRows()[0][2], System.Globalization.CultureInfo.InvariantCulture) < 100);
        Assert.All(report.ErrorRows(), row => Assert.Equal(report.ErrorHeaders.Count, row.Count));
        Assert.All(report.AccuracyRows(), row => Assert.Equal(CorruptionReport.AccuracyHeaders.Count, row.Count));
        Assert.Equal(2 * 16, report.AccuracyRows().Count);
        Assert.Contains(report.Notes(), note => note.StartsWith("100000 images in each cell", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_missing_is_said_and_what_needs_it_is_withheld()
    {
        var whole = Result(purified: false);
        var report = Report(whole with
        {
            Cells = [.. whole.Cells.Where(cell => cell is not { Corruption: "fog", Severity: 2 } and not { Corruption: "snow" })],
            Clean = null,
            Unreadable = [new UnreadableImage("fog/1/n1/a.JPEG", "truncated")],
        });

        Assert.Equal("withheld", report.SummaryRows()[0][1]);
        Assert.Contains(report.Notes(), note => note.StartsWith("Missing of the 15 test corruptions: snow; fog: severities 2. So mCE and relative mCE are withheld", StringComparison.Ordinal));
        Assert.Contains(report.Notes(), note => note.Contains("they need the error on clean images (--clean)", StringComparison.Ordinal));
        Assert.Equal("-", report.AccuracyRows().Single(row => row[0] == "fog")[2]);
        using var record = JsonDocument.Parse(report.ToJson());
        Assert.Equal(JsonValueKind.Null, record.RootElement.GetProperty("summary").GetProperty("bare").GetProperty("meanCorruptionError").ValueKind);
        Assert.Equal("snow", record.RootElement.GetProperty("summary").GetProperty("bare").GetProperty("missing")[0].GetString());
    }

    [Fact]
    public void The_page_holds_both_charts_with_a_number_in_every_cell_and_the_examples()
    {
        _folder.With("images/fog/3", 2).With("clean", 2);
        var (set, clean) = (FolderImages.Corrupted(new ImageNetCOptions { Root = _folder.Images, ClassIndexPath = _folder.ClassIndex }), FolderImages.Clean(Path.Combine(_folder.Root, "clean"), _folder.ClassIndex));
        var path = Path.Combine(_folder.Root, "report");

        var hasPng = Report(Result(purified: true)).WritePage(path, new CorruptionExamples(new BrightestChannel(), null, new CorruptionOptions()), set, clean);

        var page = File.ReadAllText(path + ".html");
        // Three panels of 15 rows, five severities and their mean, and a rectangle for each bar and legend.
        Assert.Equal((3 * 15 * 6) + (2 * 16) + 2, page.Split("<rect").Length - 1);
        Assert.Contains("fog, severity 3", page, StringComparison.Ordinal);
        Assert.Contains("before and after the corruption", page, StringComparison.Ordinal);
        Assert.Equal(hasPng, File.Exists(path + ".png"));
    }

    [Fact]
    public void Uneven_severities_and_corruptions_of_our_own_are_said_beside_CE_which_is_not_withheld()
    {
        var whole = Result(purified: false);
        var uneven = whole with { Cells = [.. whole.Cells.Select(cell => cell is { Corruption: "fog", Severity: 2 } ? cell with { Unreadable = 7 } : cell)] };

        var report = Report(uneven) with { MadeWith = "seed 1, frost drawn" };

        Assert.DoesNotContain("withheld", report.SummaryRows()[0]);
        Assert.Contains("Severities differ in their images, or lack unreadable ones: fog. CE, mCE and means count what could be used.", report.Notes());
        Assert.Contains("Made by maep corrupt (seed 1, frost drawn): not the published images, so no figure here, CE and mCE included, is comparable with published ones.", report.Notes());
        Assert.DoesNotContain(Report(whole).Notes(), note => note.StartsWith("Severities differ", StringComparison.Ordinal) || note.StartsWith("Made by", StringComparison.Ordinal));
    }

    [Fact]
    public void An_accuracy_of_chance_and_values_that_were_cut_are_said()
    {
        var whole = Result(purified: true);
        var run = Report(whole).Run;
        CellResult Chance(CellResult cell) => cell with { BareCorrect = cell.Images / 10 };
        var chance = run with { Classes = 10, Result = whole with { Cells = [.. whole.Cells.Select(Chance)], Clean = Chance(whole.Clean!) with { PurifiedCut = 4 } } };

        foreach (var notes in new[] { new CorruptionReport(chance).Notes(), new ColoringReport(chance) { Photographs = 3 }.Notes() })
        {
            Assert.Contains(notes, note => note.StartsWith("The classifier is right in 10.0 % of the clean images, no more than chance (10.0 %)", StringComparison.Ordinal));
            Assert.Contains(notes, note => note.StartsWith("Of 4 purified images values left [0, 1]", StringComparison.Ordinal));
        }
        Assert.Contains(new CorruptionReport(chance with { Result = chance.Result with { Clean = null } }).Notes(), note => note.Contains("10.0 % of its best cell (", StringComparison.Ordinal));
        Assert.DoesNotContain(new CorruptionReport(run with { Classes = 10 }).Notes(), note => note.Contains("chance", StringComparison.Ordinal) || note.Contains("left [0, 1]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reports_without_a_usable_image_are_written_all_the_same(bool purified)
    {
        _folder.With("images/fog/3", 1, size: 12);
        var set = FolderImages.Corrupted(new ImageNetCOptions { Root = _folder.Images, ClassIndexPath = _folder.ClassIndex });
        var whole = Result(purified);
        var run = Report(whole with { Cells = [.. whole.Cells.Select(cell => cell with { Unreadable = cell.Tried, BareCorrect = 0, PurifiedCorrect = purified ? 0 : null })], Clean = null }).Run;

        foreach (ChangedImagesReport report in new ChangedImagesReport[] { new CorruptionReport(run), new ColoringReport(run) { Photographs = 3 } })
        {
            var path = Path.Combine(_folder.Root, report.GetType().Name);
            report.Save(path);
            report.WritePage(path, new CorruptionExamples(new BrightestChannel(), null, new CorruptionOptions()), set, null);

            Assert.Contains("could not be used", File.ReadAllText(path + ".md"), StringComparison.Ordinal);
            Assert.True(File.Exists(path + ".html"));
        }
    }

    internal static CorruptionReport Report(CorruptionResult result) => new(new ChangedImagesRun
    {
        Command = "maep evaluate --imagenet-c ImageNet-C",
        Dataset = "ImageNet-C",
        Classifier = new ModelReference("alexnet.onnx", "0"),
        ClassifierDescription = "ONNX",
        Purifier = result.Purified is null ? null : new ModelReference("maep.onnx", "1"),
        ImageSize = "224x224",
        Options = new CorruptionOptions(),
        Result = result,
    });

    // AlexNet's own errors on 50,000 images, and a purifier that gives back a tenth of them.
    private static CorruptionResult Result(bool purified)
    {
        const int Images = 100_000;
        CellResult Cell(string corruption, int severity, double error) => new(corruption, severity)
        {
            Tried = Images,
            BareCorrect = Images - (long)Math.Round(Images * error),
            PurifiedCorrect = purified ? Images - (long)Math.Round(Images * error * 0.9) : null,
        };
        return new CorruptionResult
        {
            Cells = [.. ImageNetC.AlexNetErrors.SelectMany(pair => pair.Value.Select((error, index) => Cell(pair.Key, index + 1, error)))],
            Clean = Cell(FolderImages.NoCorruption, 0, ImageNetC.AlexNetCleanError),
            Unreadable = [],
            IsImageNet = true,
        };
    }
}
