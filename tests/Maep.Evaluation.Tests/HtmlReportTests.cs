using System.Text.RegularExpressions;
using SkiaSharp;
using TorchSharp;
using static Maep.Evaluation.Tests.RandomImages;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests;

public sealed class HtmlReportTests : IDisposable
{
    private const string Hostile = "<script src=x>alert('1')</script> & \"quoted\"";
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Every_text_is_escaped_wherever_it_stands()
    {
        var report = new HtmlReport
        {
            Title = Hostile,
            Subtitle = [Hostile],
            Tables = [new(Hostile, [Hostile], [[Hostile]])],
            Pictures = [new(Hostile, [(Hostile, Noise(1, 8, 8, seed: 1))], [new(Hostile, Hostile, Hostile)])],
            Settings = [(Hostile, Hostile)],
        };

        var page = report.ToHtml();

        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("alert('1')", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\"quoted\"", page, StringComparison.Ordinal);
        Assert.Equal(15, Regex.Count(page, Regex.Escape("&lt;script src=x&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;"))); // 11 texts; title twice, class and column once more as alternative text
    }

    [Fact]
    public void Page_refers_to_nothing_outside_itself()
    {
        var page = Sample().ToHtml();

        Assert.DoesNotContain("http:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=", page, StringComparison.OrdinalIgnoreCase);
        Assert.All(Regex.Matches(page, "src=\"([^\"]{0,30})"), source => Assert.StartsWith("data:image/png;base64,", source.Groups[1].Value, StringComparison.Ordinal));
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_picture_is_embedded_row_by_row_in_its_enlarged_size()
    {
        var report = Sample();
        var columns = report.Pictures[0].Columns;

        var sources = Regex.Matches(report.ToHtml(), "data:image/png;base64,([^\"]+)\"");

        Assert.Equal(2 * 3, sources.Count);
        for (var row = 0; row < 2; row++)
            for (var column = 0; column < 3; column++)
            {
                using var picture = SKBitmap.Decode(Convert.FromBase64String(sources[row * 3 + column].Groups[1].Value));
                Assert.Equal((8 * 4, 8 * 4), (picture.Width, picture.Height));
                var red = MathF.Round(columns[column].Images[row, 0, 7, 7].item<float>() * 255);
                Assert.Equal((byte)red, picture.GetPixel(31, 31).Red);
            }
    }

    [Fact]
    public void Predictions_are_marked_right_or_wrong()
    {
        var page = Sample().ToHtml();

        Assert.Contains("<i>before</i><em class=\"wrong\">ship ✗</em>", page, StringComparison.Ordinal);
        Assert.Contains("<i>after</i><em class=\"right\">cat ✓</em>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "93.4", "-0.5", "")]
    [InlineData(true, "51.2 ± 0.3 %", "–", "n/a")]
    [InlineData(true, "[48.1, 54.3]", "51.2 (48.1–54.3)")]
    [InlineData(true, "8/255", "1e-4", "+31.5 dB", "< 0.1 s")]
    [InlineData(true, "withheld", "withheld")]
    [InlineData(false, "8/255", "none")]
    [InlineData(false, "10-step PGD")]
    [InlineData(false, "ResNet-18")]
    [InlineData(false, "", "–")]
    public void Columns_of_numbers_are_set_flush_right(bool numeric, params string[] cells)
    {
        var report = new HtmlReport { Title = "t", Tables = [new("c", ["h"], [.. cells.Select(cell => new[] { cell })])] };

        Assert.Equal(numeric, report.ToHtml().Contains("<th scope=\"col\" class=\"n\">h</th>", StringComparison.Ordinal));
    }

    [Fact]
    public void Written_file_is_the_page_and_two_runs_give_the_same_bytes()
    {
        var folder = Directory.CreateTempSubdirectory("maep-report");
        var path = Path.Combine(folder.FullName, "new", "report.html");

        Sample().Write(path);

        Assert.Equal(Sample().ToHtml(), File.ReadAllText(path));
        Assert.Equal(["report.html"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Faults_name_the_row_and_the_counts()
    {
        var columns = new[] { ("clean", Noise(2, 8, 8, seed: 1)) };

        Assert.Contains("row 1 has 1 cells; 2 headers", Fault(() => new HtmlTable("t", ["a", "b"], [["1", "2"], ["3"]])), StringComparison.Ordinal);
        Assert.Contains("no header", Fault(() => new HtmlTable("t", [], [])), StringComparison.Ordinal);
        Assert.Contains("1 captions given; 2 images", Fault(() => new HtmlPictures("p", columns, [new("a", "a", "a")])), StringComparison.Ordinal);
        Assert.Contains("No column", Fault(() => new HtmlPictures("p", [], [])), StringComparison.Ordinal);
    }

    private static string Fault(Func<object> make) => Assert.Throws<ArgumentException>(make).Message;

    private static HtmlReport Sample()
    {
        var clean = Noise(2, 8, 8, seed: 1);
        return new HtmlReport
        {
            Title = "Purifier",
            Tables = [new("Accuracy, %", ["attack", "clean", "robust"], [["PGD", "93.4", "51.2"]])],
            Pictures =
            [
                new("Examples", [("clean", clean), ("attacked", 1 - clean), ("perturbation", PictureGrid.Amplified(1 - 2 * clean, 10))],
                    [new("cat", "ship", "cat"), new("dog", "cat", "cat")]),
            ],
            Settings = [("epsilon", "8/255"), ("seed", "1")],
        };
    }
}
