using System.Text.Json;
using Maep.Evaluation.Protocols;

namespace Maep.Evaluation.Tests.Protocols;

public sealed class ProtocolReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maep-protocol-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Record_Markdown_and_page_tell_headline_attackers_flags_and_settings()
    {
        var (report, defence) = Report();
        var path = Path.Combine(_folder, "report");
        report.Save(path);
        ProtocolPage.Write(path + ".html", report, defence, ToyDefences.Images(30));

        using var record = JsonDocument.Parse(File.ReadAllText(path + ".json"));
        var attack = record.RootElement.GetProperty("attacks")[0];
        Assert.Equal(30, attack.GetProperty("verdicts").GetProperty("robust").GetString()!.Length);
        Assert.Contains("PGD-3 Linf", attack.GetProperty("settings").GetString(), StringComparison.Ordinal);
        Assert.Equal(report.Result.WorstCase.Correct, record.RootElement.GetProperty("worstCase").GetProperty("correct").GetInt64());
        Assert.Equal(12, record.RootElement.GetProperty("flags").GetArrayLength());
        var (markdown, page) = (File.ReadAllText(path + ".md"), File.ReadAllText(path + ".html"));
        Assert.All(["Worst case over all attacks", "non-adaptive", "not security against an attacker who knows the purifier"], words =>
        {
            Assert.Contains(words, markdown, StringComparison.Ordinal);
            Assert.Contains(words, page, StringComparison.Ordinal);
        });
        Assert.Contains("<svg class=\"curve\"", page, StringComparison.Ordinal);
        Assert.Contains("data:image/png", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(0, 0, 1)]
    public void A_curve_out_of_order_is_refused(double first, double second, double share)
    {
        Assert.Throws<ArgumentException>(() => new HtmlCurve("c", "x", [(first, share + 0.5), (second, share)]));
    }

    private static (ProtocolReport Report, DefenceUnderTest Defence) Report()
    {
        var defence = new DefenceUnderTest(new MeanChannelClassifier(1), new Darken());
        var protocol = ProtocolRunTests.Both(ProtocolRunTests.Pgd(3)) with { Curve = [0, 0.05, 0.2] };
        var result = ProtocolRunTests.Run(defence, protocol);
        return (new ProtocolReport
        {
            Command = "maep evaluate",
            Dataset = "tiny",
            Seed = 0,
            Classifier = new ModelReference("mean", "0"),
            Purifier = new ModelReference("darken", "1"),
            Protocol = protocol,
            Result = result,
            Flags = ProtocolFlag.Of(protocol, result, 3),
        }, defence);
    }
}
