using System.Globalization;
using Maep.Attacks;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Protocols;

/// <summary>A protocol's report as one HTML page: headline, tables, the curve, and the images on which the defence is worst.</summary>
public static class ProtocolPage
{
    private const int Shown = 8;
    private const double Amplification = 10; // differences are a few grey levels

    /// <summary>Writes the page.</summary>
    /// <param name="path">File to write; complete or untouched.</param>
    /// <param name="report">What was found.</param>
    /// <param name="defence">For the pictures: the attack that fools the most is run again on some images that it fools.</param>
    /// <param name="images">The images of the run.</param>
    /// <param name="cancellation">Stops after the current step of that attack, before anything is written.</param>
    public static void Write(string path, ProtocolReport report, DefenceUnderTest defence, LabelledImages images, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        Of(report, defence, images, cancellation).Write(path);
    }

    /// <summary>The page, for one that says more. The tensors of its pictures belong to the caller's dispose scope.</summary>
    /// <inheritdoc cref="Write"/>
    public static HtmlReport Of(ProtocolReport report, DefenceUnderTest defence, LabelledImages images, CancellationToken cancellation = default)
    {
        var probe = report.Result.Probe;
        return new HtmlReport
        {
            Title = $"{report.Title}, protocol {report.Protocol.Name}",
            Subtitle = [report.Headline, .. report.StandInNote is { } note ? [note] : Array.Empty<string>(), ProtocolReport.Explanation],
            Tables = [new HtmlTable("Accuracy under attack", report.Headers, report.Rows()), new HtmlTable("Signs that an evaluation flatters the defence", ["Flag", "Raised", "Figures"], report.FlagRows())],
            Figures = report.Result.Curve.Count == 0 ? [] : [Curve(report.Result)],
            Pictures = Worst(report, defence, images, cancellation) is { } pictures ? [pictures] : [],
            Settings =
            [
                ("images", images.Name), ("norm, epsilon", string.Create(CultureInfo.InvariantCulture, $"Linf {report.Protocol.Epsilon * 255:0.##}/255")), ("seed", report.Seed.ToString(CultureInfo.InvariantCulture)),
                .. probe.Psnr is { } psnr ? [("purified clean images", string.Create(CultureInfo.InvariantCulture, $"PSNR {psnr:F2} dB, SSIM {probe.Ssim:F4}")), ("purifier", string.Create(CultureInfo.InvariantCulture, $"{probe.PurifierWeights:N0} weights, {probe.PurifierMilliseconds:F1} ms an image"))] : Array.Empty<(string, string)>(),
                .. report.Result.Findings.Select(finding => (finding.Attack.Title, finding.Attack.Attack.Description)),
                ("weights", $"classifier {report.Classifier.Sha256}{(report.Purifier is null ? "" : $", purifier {report.Purifier.Sha256}")}"), ("machine", report.Machine), ("command", report.Command),
            ],
        };
    }

    private static HtmlCurve Curve(ProtocolResult result) => new("Accuracy of the defence against the budget of an adaptive attacker", "epsilon, 1/255",
        [.. result.Curve.Select(point => (255 * point.Epsilon, point.Robust.Share))]);

    private static HtmlPictures? Worst(ProtocolReport report, DefenceUnderTest defence, LabelledImages images, CancellationToken cancellation)
    {
        var worst = report.Result.Findings.Where(finding => finding.Attack.Knowledge == AttackerKnowledge.Adaptive).MinBy(finding => finding.Robust.Share);
        if (worst is null)
            return null;
        int[] fooled = [.. Enumerable.Range(0, worst.Verdicts.Done).Where(image => report.Result.CleanVerdicts[image] == '1' && worst.Verdicts.Robust[image] == '0').Take(Shown)];
        if (fooled.Length == 0)
            return null;
        using var bytes = cat([.. fooled.Select(index => images.Slice(index, 1).PixelTensor())], 0);
        var (clean, labels) = (LabelledImages.ToUnitRange(bytes), tensor(fooled.Select(index => (long)images.Labels[index]).ToArray()));
        using var rows = tensor(fooled.Select(index => (long)index).ToArray());
        var streams = new ImageStreams(report.Seed, 0, images.Count).Select(rows); // those of the run: the same images come back
        var adversarial = worst.Attack.Attack.Perturb(defence.SeenBy(AttackerKnowledge.Adaptive), clean, labels, streams, cancellation);
        using var noGradient = no_grad();
        var purified = defence.Purifier?.call(adversarial).clamp(0, 1) ?? adversarial; // a picture holds no more
        var whole = new AskedModel(defence.Whole, cancellation);
        var (before, after) = (Classes(clean), Classes(adversarial));
        return new HtmlPictures($"Images that {worst.Attack.Title} turns",
            [
                ("clean", clean), ("attacked", adversarial), ($"attack, {Amplification:F0} times", PictureGrid.Amplified(adversarial - clean, Amplification)),
                .. defence.Purifier is null ? Array.Empty<(string, Tensor)>() : [("attacked, purified", purified)],
            ],
            [.. fooled.Select((index, row) => new PictureCaption(images.ClassNames[images.Labels[index]], images.ClassNames[(int)before[row]], images.ClassNames[(int)after[row]]))])
        {
            Event = "the attack, by purifier and classifier",
        };

        long[] Classes(Tensor asked) => [.. Decision.Of(whole.Scores(asked, streams)).data<long>()];
    }
}
