using Maep.Evaluation.CommonCorruptions;

namespace Maep.Evaluation.Tests.CommonCorruptions;

public sealed class ColoringReportTests : IDisposable
{
    private readonly CorruptedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Palettes_of_the_same_photographs_have_the_interval_of_as_many()
    {
        _folder.With("images/dusk", 2).With("images/noon", 2);

        var report = Report(new CorruptionOptions());

        Assert.Equal(6, report.Photographs);
        Assert.Equal(["coloured, all palettes", "12", "100.0", Interval(6)], report.Rows()[^1]);
        Assert.Contains(report.Notes(), note => note.Contains("because palettes show the same ones", StringComparison.Ordinal));
    }

    [Fact]
    public void Palettes_of_different_photographs_say_so_and_count_them_all()
    {
        _folder.With("images/dusk", 2).With("images/noon", 2, first: 2).With("clean", 4);

        var (whole, part) = (Report(new CorruptionOptions(), "clean"), Report(new CorruptionOptions { ImagesPerCell = 3 }, "clean"));

        Assert.Equal((12, 6), (whole.Photographs, part.Photographs));
        Assert.Equal(["coloured, all palettes", "12", "100.0", Interval(12)], whole.Rows()[^2]);
        Assert.Contains("Palettes show different photographs (maep colorize --per-image), so they differ by more than colours. Intervals are Wilson's, 95 %; that over all palettes is the one of 12 photographs.", whole.Notes());
        Assert.Contains(part.Notes(), note => note.Contains("and so do originals and coloured images (--images-per-cell)", StringComparison.Ordinal));
    }

    private static string Interval(long photographs) => FormattableString.Invariant($"{100 * WilsonInterval.Of(photographs, photographs).Low:0.0} to 100.0");

    private ColoringReport Report(CorruptionOptions options, string? clean = null)
    {
        var set = FolderImages.Colored(_folder.Images, _folder.ClassIndex);
        var originals = clean is null ? null : FolderImages.Clean(Path.Combine(_folder.Root, clean), _folder.ClassIndex);
        var evaluator = new CorruptionEvaluator(new BrightestChannel(), null, options);
        var result = evaluator.Evaluate(set, originals, _ => { }, default);
        var run = CorruptionReportTests.Report(result).Run with { Options = options };
        return new ColoringReport(run) { Photographs = evaluator.Photographs(set) };
    }
}
