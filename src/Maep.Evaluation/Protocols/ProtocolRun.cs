using System.Diagnostics;
using System.Globalization;
using System.Text;
using Maep.Attacks;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Protocols;

/// <summary>
/// Runs the attacks of a protocol over the same images and keeps a verdict for every image and attack, so that the worst case is taken image by image
/// (Carlini et al., 2019: mean of the minimum, not minimum of the mean). An image that is wrong when clean is not robust.
/// </summary>
/// <param name="defence">Networks under test.</param>
/// <param name="probe">What the defence shows without an attack; decides whether it is random.</param>
/// <param name="protocol">Attacks.</param>
/// <param name="options">Sizes, seed, state.</param>
public sealed class ProtocolRun(DefenceUnderTest defence, DefenceProbe probe, Protocol protocol, ProtocolOptions options)
{
    /// <summary>Draws that vote on an image of a random defence.</summary>
    public const int JudgingDraws = 10;

    /// <summary>Gradients averaged against a random defence, as in AutoAttack's version rand.</summary>
    public const int GradientDraws = 20;

    private const int QueryBatch = 20; // thousands of queries an image: smaller batches are kept sooner

    private ProtocolState? _state;

    /// <summary>Runs what the state file does not hold yet.</summary>
    /// <param name="images">Test images.</param>
    /// <param name="progress">Receives the attack under way, images done by it and images in all.</param>
    /// <param name="cancellation">Stops after the current step of an attack; the batches before are kept, the current one is done again by the next run.</param>
    /// <exception cref="ArgumentException">No images.</exception>
    /// <exception cref="InvalidDataException">The state file is damaged or belongs to another run, or a network answers what is no number.</exception>
    public ProtocolResult Run(LabelledImages images, Action<string, int, int> progress, CancellationToken cancellation)
    {
        if (images.Count == 0)
            throw new ArgumentException("0 images to evaluate; give at least 1.", nameof(images));
        var state = _state = new ProtocolState(options.StatePath, string.Create(CultureInfo.InvariantCulture,
            $"{protocol.Name} epsilon {protocol.Epsilon * 255:0.###}/255, {images.Count} images of {images.Name} {images.Digest()}, seed {options.Seed}, batches of {options.BatchSize}, {options.Subject}"));
        var draws = probe.IsRandom ? GradientDraws : 1;

        var unattacked = Find(new ProtocolAttack("none", AttackerKnowledge.NonAdaptive, new NoAttack()));
        List<ProtocolFinding> findings = [.. protocol.Attacks.Select(Find)];
        List<CurvePoint> curve = [.. protocol.Curve.Select(epsilon => new CurvePoint(epsilon, Find(Protocol.CurvePoint(epsilon, probe.IsRandom)).Robust))];
        return new ProtocolResult
        {
            Clean = unattacked.Robust,
            BareClean = unattacked.BareRobust!.Value,
            CleanMajorityVote = unattacked.MajorityVote,
            CleanWorstDraw = unattacked.WorstDraw,
            CleanVerdicts = unattacked.Verdicts.Robust,
            Findings = findings,
            Curve = curve,
            Probe = probe,
        };

        ProtocolFinding Find(ProtocolAttack attack) => new(attack, Verdicts(attack, defence.SeenBy(attack.Knowledge, draws), images.Take(attack.Images), state, progress, cancellation));
    }

    /// <summary>Removes the state file: the result is reported.</summary>
    public void Finish() => _state?.Delete();

    /// <summary>Images marked right, and all.</summary>
    internal static AccuracyCount Count(string verdicts) => new(verdicts.Count(verdict => verdict == '1'), verdicts.Length);

    private AttackVerdicts Verdicts(ProtocolAttack attack, nn.Module<Tensor, Tensor> model, LabelledImages images, ProtocolState state, Action<string, int, int> progress, CancellationToken cancellation)
    {
        var (title, batchSize) = (attack.Title, attack.Knowledge == AttackerKnowledge.Query ? Math.Min(QueryBatch, options.BatchSize) : options.BatchSize);
        while (state[title] is var found && found.Done < images.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            progress(title, found.Done, images.Count);
            var clock = Stopwatch.StartNew();
            var batch = images.Slice(found.Done, Math.Min(batchSize, images.Count - found.Done));
            var next = Measure(attack.Attack, model, batch, found.Done, cancellation);
            state[title] = next with
            {
                Robust = found.Robust + next.Robust,
                BareRobust = found.BareRobust + next.BareRobust,
                EightBit = found.EightBit + next.EightBit,
                MajorityVote = found.MajorityVote + next.MajorityVote,
                WorstDraw = found.WorstDraw + next.WorstDraw,
                LargestChange = Math.Max(found.LargestChange, next.LargestChange),
                LeftRange = found.LeftRange || next.LeftRange,
                Seconds = found.Seconds + clock.Elapsed.TotalSeconds,
            };
        }
        return state[title];
    }

    private AttackVerdicts Measure(IAttack attack, nn.Module<Tensor, Tensor> model, LabelledImages batch, int first, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var bytes = batch.PixelTensor();
        var (clean, labels, streams) = (LabelledImages.ToUnitRange(bytes), batch.LabelTensor(), new ImageStreams(options.Seed, first, batch.Count));
        var adversarial = attack.Perturb(model, clean, labels, streams, cancellation);
        var judge = new AskedModel(defence.Whole, cancellation);
        var (whole, bare) = (Standing(judge), ReferenceEquals(model, defence.Classifier));
        var (vote, worst) = probe.IsRandom ? Draws() : ("", "");
        return new AttackVerdicts
        {
            Robust = whole,
            BareRobust = !bare ? "" : ReferenceEquals(defence.Classifier, defence.Whole) ? whole : Standing(new AskedModel(defence.Classifier, cancellation)),
            EightBit = Text(Verdict.Right(judge, clean, labels, streams).logical_and(Verdict.Right(judge, (adversarial * 255).round() / 255, labels, streams))),
            MajorityVote = vote,
            WorstDraw = worst,
            LargestChange = (adversarial - clean).abs().max().item<float>(),
            LeftRange = !(adversarial.min().item<float>() >= 0 && adversarial.max().item<float>() <= 1), // true for NaN
        };

        // Images that nobody attacked are judged once: a random defence would have to be right twice.
        string Standing(AskedModel asked)
        {
            var before = Verdict.Right(asked, clean, labels, streams);
            return Text(attack is NoAttack ? before : before.logical_and(Verdict.Right(asked, adversarial, labels, streams)));
        }

        (string, string) Draws()
        {
            if (attack is NoAttack)
            {
                var draws = Verdict.OfDraws(judge, clean, labels, streams, JudgingDraws);
                return (Text(draws.Majority), Text(draws.Worst));
            }
            var (before, after) = (Verdict.OfDraws(judge, clean, labels, streams, JudgingDraws), Verdict.OfDraws(judge, adversarial, labels, streams, JudgingDraws));
            return (Text(before.Majority.logical_and(after.Majority)), Text(before.Worst.logical_and(after.Worst)));
        }
    }

    private static string Text(Tensor right) => right.data<bool>().Aggregate(new StringBuilder(), (text, verdict) => text.Append(verdict ? '1' : '0')).ToString();

    /// <summary>Leaves images as they are: clean accuracy is one more column.</summary>
    private sealed class NoAttack : IAttack
    {
        public string Description => "no attack";

        public Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams, CancellationToken cancellation = default) => images.alias();
    }
}
