using System.Globalization;
using Maep.Attacks;

namespace Maep.Evaluation.Protocols;

/// <summary>A sign that an evaluation may flatter the defence.</summary>
/// <param name="Name">Short name.</param>
/// <param name="Raised">True, false, or null where the protocol does not measure it.</param>
/// <param name="Detail">The figures behind it.</param>
public sealed record ProtocolFlag(string Name, bool? Raised, string Detail)
{
    private const double SquareMargin = 0.002;
    private const double ConvergenceMargin = 0.005;
    private const double RoundingSlack = 1e-6;
    private const string NotMeasured = "not measured by this protocol";
    private const string DrawsDiffer = "two draws differ, so their verdicts do not compare";

    /// <summary>The twelve flags of field rules (Carlini et al., 2019; Croce et al., 2022), in a fixed order.</summary>
    public static IReadOnlyList<ProtocolFlag> Of(Protocol protocol, ProtocolResult result, int classes)
    {
        var probe = result.Probe;
        var fgsm = result.Find(AttackerKnowledge.Adaptive, "FGSM")?.Robust;
        var pgd = result.Find(AttackerKnowledge.Adaptive, "PGD-100")?.Robust;
        var longer = result.Find(AttackerKnowledge.Adaptive, "PGD-200")?.Robust;
        return
        [
            new("random defence", probe.IsRandom, probe.IsRandom ? "two calls on the same images differ: gradients were averaged over draws" : "two calls on the same images agree"),
            new("probabilities instead of logits", probe.HasProbabilities, probe.HasProbabilities ? "scores lie in [0, 1] and sum to 1" : "scores are logits"),
            new("no gradient", probe.WithoutGradient > 0, Text($"{100 * probe.WithoutGradient:F1} % of the images have none{(probe.GradientStandIn is { } standIn ? $"; attacks take {standIn}" : "")}")),
            SquareAgainstGradients(result),
            new("optimises at test time", probe.Optimises, probe.Optimises ? "the defence differentiates while it classifies" : "one forward pass"),
            Compare("one step beats many", fgsm, pgd, 0, "FGSM", "PGD-100"),
            Compare("not converged", longer, pgd, -ConvergenceMargin, "PGD-200", "PGD-100"),
            Curve(result, classes),
            AtZero(result),
            Bounds(protocol, result),
            new("robust above clean", result.Findings.Any(finding => finding.Robust.Correct > Clean(result, finding.Verdicts.Done)), "robust verdicts need a right clean image by construction"),
            EightBit(result),
        ];
    }

    // Raised where the first accuracy lies below the second by more than the margin.
    private static ProtocolFlag Compare(string name, AccuracyCount? first, AccuracyCount? second, double margin, string firstName, string secondName) => (first, second) is ({ } one, { } two)
        ? new(name, one.Share < two.Share + margin, Text($"{firstName} {100 * one.Share:F1} %, {secondName} {100 * two.Share:F1} %"))
        : new(name, null, NotMeasured);

    // Without AutoAttack, which ends in a Square of its own, and over the images that all were run on.
    private static ProtocolFlag SquareAgainstGradients(ProtocolResult result)
    {
        const string Name = "Square beats gradients";
        var gradients = result.Findings.Where(finding => finding.Attack is { Knowledge: AttackerKnowledge.Adaptive, Attack: not AutoAttack }).ToList();
        if (gradients.Count == 0 || result.Find(AttackerKnowledge.Query, "Square") is not { } square)
            return new(Name, null, NotMeasured);
        var images = ProtocolResult.Worst([square, .. gradients]).Total;
        return Compare(Name, ProtocolResult.Worst([square], images), ProtocolResult.Worst(gradients, images), -SquareMargin, "Square", "adaptive gradient attacks");
    }

    private static ProtocolFlag Curve(ProtocolResult result, int classes)
    {
        const string Name = "curve does not fall to chance";
        if (result.Curve.Count == 0)
            return new(Name, null, NotMeasured);
        var rises = result.Curve.Zip(result.Curve.Skip(1)).Any(pair => pair.Second.Robust.Correct > pair.First.Robust.Correct + 1); // one image is noise
        var last = result.Curve[^1];
        return new(Name, rises || last.Robust.Share > 1.0 / classes, Text($"{(rises ? "it rises somewhere; " : "")}{100 * last.Robust.Share:F1} % at {last.Epsilon * 255:F0}/255, chance {100.0 / classes:F1} %"));
    }

    private static ProtocolFlag AtZero(ProtocolResult result)
    {
        const string Name = "epsilon 0 is not clean";
        if (result.Curve.FirstOrDefault(point => point.Epsilon == 0) is not { } zero)
            return new(Name, null, NotMeasured);
        return result.Probe.IsRandom ? new(Name, null, DrawsDiffer) : new(Name, zero.Robust != result.Clean, Text($"{100 * zero.Robust.Share:F1} % at 0, {100 * result.Clean.Share:F1} % clean"));
    }

    private static ProtocolFlag Bounds(Protocol protocol, ProtocolResult result)
    {
        var largest = result.Findings.Max(finding => finding.Verdicts.LargestChange);
        var left = result.Findings.Any(finding => finding.Verdicts.LeftRange);
        return new("attack left its bounds", left || largest > protocol.Epsilon + RoundingSlack, Text($"largest change {255 * largest:F2}/255 of {255 * protocol.Epsilon:0.##}/255{(left ? ", values outside [0, 1]" : "")}"));
    }

    private static ProtocolFlag EightBit(ProtocolResult result)
    {
        const string Name = "8 bits change verdicts";
        if (result.Probe.IsRandom)
            return new(Name, null, DrawsDiffer);
        var worst = result.Findings.MaxBy(finding => Changed(finding.Verdicts))!;
        var changed = Changed(worst.Verdicts);
        return new(Name, changed > 0, Text($"{changed} of {worst.Verdicts.Done} images under {worst.Attack.Title}"));
    }

    private static int Changed(AttackVerdicts verdicts) => verdicts.Robust.Zip(verdicts.EightBit).Count(pair => pair.First != pair.Second);

    private static int Clean(ProtocolResult result, int images) => result.CleanVerdicts.Take(images).Count(verdict => verdict == '1');

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
