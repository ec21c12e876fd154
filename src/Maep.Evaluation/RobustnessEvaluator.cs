using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Maep.Attacks;
using Maep.Evaluation.Protocols;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation;

/// <summary>Sizes and seed of one evaluation.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Images attacked together.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Images of the adaptive attack, from the start of the set; it costs several times the others.</summary>
    public int AdaptiveImages { get; init; } = 1000;

    /// <summary>Seed of the attacks.</summary>
    public long Seed { get; init; }

    /// <summary>File that keeps what has been found after every batch, so that an evaluation that was killed goes on. Null keeps nothing.</summary>
    public string? StatePath { get; init; }

    /// <summary>The models, for the state file: another evaluation must not go on from it.</summary>
    public string Subject { get; init; } = "";
}

/// <summary>What one evaluation found. An image that is wrong when clean counts as not robust, as in AutoAttack.</summary>
public sealed record RobustnessResult
{
    /// <summary>Bare classifier, clean images.</summary>
    public required AccuracyCount BareClean { get; init; }

    /// <summary>Bare classifier under the attack on itself.</summary>
    public required AccuracyCount BareRobust { get; init; }

    /// <summary>Purifier and classifier, clean images; null without a purifier.</summary>
    public AccuracyCount? PurifiedClean { get; init; }

    /// <summary>Purifier and classifier, images made by attacking the bare classifier: the attacker ignores the purifier.</summary>
    public AccuracyCount? NonAdaptive { get; init; }

    /// <summary>Purifier and classifier under the attack on both, exact gradients end to end.</summary>
    public AccuracyCount? Adaptive { get; init; }

    /// <summary>Gradients that the adaptive attack averaged in each step against a random purifier; null for one that does not draw.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? GradientDraws { get; init; }

    /// <summary>The adaptive attack where a random purifier asks for another form than the attack on the bare classifier has (AutoAttack's version rand); null where they are the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AdaptiveAttack { get; init; }

    /// <summary>
    /// Share of the first images (64 at most) whose loss has no gradient through what was attacked, adaptively where that was done: an attack that follows gradients cannot move them, and
    /// their robustness says nothing. Null where every image has one, and for attacks that take none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? WithoutGradient { get; init; }

    /// <summary>Clean accuracy with the purifier on the images of the adaptive attack.</summary>
    public AccuracyCount? AdaptiveClean { get; init; }

    /// <summary>Mean PSNR of purified clean images against the clean ones, dB.</summary>
    public double? Psnr { get; init; }

    /// <summary>Mean SSIM of purified clean images against the clean ones.</summary>
    public double? Ssim { get; init; }

    /// <summary>Mean PSNR of purified attacked images against the clean ones, dB.</summary>
    public double? AttackedPsnr { get; init; }

    /// <summary>Seconds of the whole evaluation.</summary>
    public required double Seconds { get; init; }

    /// <summary>How the adaptive attack met a purifier that draws at random, as records print it; null for one that does not draw.</summary>
    internal string? AgainstDraws() => GradientDraws is not { } draws ? null : string.Create(CultureInfo.InvariantCulture,
        $"draws at random: the adaptive attack{(AdaptiveAttack is { } attack ? $" ({attack})" : "")} averaged {draws} gradients in each step, and one draw judged.");
}

/// <summary>Measures a classifier, bare and behind a purifier, under one attack, non-adaptively and adaptively (paper section 5.1; field rules of Carlini et al., 2019).</summary>
/// <param name="defence">The networks; without a purifier the bare classifier alone is measured.</param>
/// <param name="attack">The attack, used on the bare classifier and on the whole defence.</param>
/// <param name="options">Sizes and seed.</param>
public sealed class RobustnessEvaluator(DefenceUnderTest defence, IAttack attack, EvaluationOptions options)
{
    private RobustnessTally _tally = new();
    private RunState<RobustnessTally>? _state;
    private int _draws = 1;
    private double _withoutGradient;

    private IAttack Adaptive => _draws > 1 ? attack.ForRandomDefence : attack;

    /// <summary>Runs the evaluation, or what its state file does not hold yet.</summary>
    /// <param name="images">Test images.</param>
    /// <param name="progress">Receives images done.</param>
    /// <param name="cancellation">Stops after the current step of an attack; the batches before are kept, the current one is done again by the next run.</param>
    /// <exception cref="ArgumentException">No images.</exception>
    /// <exception cref="InvalidDataException">The state file is damaged or belongs to another evaluation, or a network answers what is no number.</exception>
    public RobustnessResult Evaluate(LabelledImages images, Action<int> progress, CancellationToken cancellation)
    {
        _draws = DefenceProbe.IsRandomOn(defence, images.Take(options.BatchSize), cancellation) ? ProtocolRun.GradientDraws : 1;
        _withoutGradient = attack.TakesGradients ? DefenceProbe.WithoutGradientOn(options.AdaptiveImages > 0 ? defence.Whole : defence.Classifier, images.Take(options.BatchSize), cancellation) : 0;
        _state = new RunState<RobustnessTally>(options.StatePath, string.Create(CultureInfo.InvariantCulture,
            $"{attack.Description}, {images.Count} images of {images.Name} {images.Digest()}, {options.AdaptiveImages} adaptively, seed {options.Seed}, {options.Subject}"));
        _tally = _state.Found ?? new RobustnessTally();
        while (_tally.Tried < images.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            var (clock, first) = (Stopwatch.StartNew(), (int)_tally.Tried);
            Measure(images.Slice(first, Math.Min(options.BatchSize, images.Count - first)), cancellation);
            _tally.Seconds += clock.Elapsed.TotalSeconds;
            _state.Save(_tally);
            progress((int)_tally.Tried);
        }
        return Result();
    }

    /// <summary>Removes the state file: the result is reported.</summary>
    public void Finish() => _state?.Delete();

    private void Measure(LabelledImages batch, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var bytes = batch.PixelTensor();
        var (clean, labels, first) = (LabelledImages.ToUnitRange(bytes), batch.LabelTensor(), _tally.Tried);
        var (bare, streams) = (new AskedModel(defence.Classifier, cancellation), new ImageStreams(options.Seed, first, batch.Count));
        _tally.Tried += batch.Count;
        var bareCorrect = Verdict.Right(bare, clean, labels, streams);
        var attacked = attack.Perturb(defence.Classifier, clean, labels, streams, cancellation);
        _tally.BareClean += Count(bareCorrect);
        _tally.BareRobust += Count(bareCorrect.logical_and(Verdict.Right(bare, attacked, labels, streams)));
        if (defence.Purifier is null)
            return;

        var purifiedCorrect = Quality(bare, new AskedModel(defence.Purifier, cancellation), clean, attacked, labels, streams);
        var tried = (int)Math.Min(batch.Count, options.AdaptiveImages - _tally.AdaptiveTried);
        if (tried <= 0)
            return;
        var (some, someLabels) = (clean.narrow(0, 0, tried), labels.narrow(0, 0, tried));
        var someStreams = new ImageStreams(options.Seed, first, tried);
        var adaptive = Adaptive.Perturb(defence.SeenBy(AttackerKnowledge.Adaptive, _draws), some, someLabels, someStreams, cancellation);
        _tally.AdaptiveTried += tried;
        _tally.AdaptiveClean += Count(purifiedCorrect.narrow(0, 0, tried));
        _tally.Adaptive += Count(purifiedCorrect.narrow(0, 0, tried).logical_and(Verdict.Right(new AskedModel(defence.Whole, cancellation), adaptive, someLabels, someStreams)));
    }

    // Counts clean and non-adaptive accuracy behind the purifier, and its image quality; returns which clean images stay correct.
    private Tensor Quality(AskedModel bare, AskedModel purifier, Tensor clean, Tensor attacked, Tensor labels, ImageStreams streams)
    {
        using var noGradient = no_grad();
        var (purified, purifiedAttacked) = (purifier.Purified(clean, streams), purifier.Purified(attacked, streams));
        var correct = Verdict.Right(bare, purified, labels, streams);
        _tally.PurifiedClean += Count(correct);
        _tally.NonAdaptive += Count(correct.logical_and(Verdict.Right(bare, purifiedAttacked, labels, streams)));
        (purified, purifiedAttacked) = (purified.clamp(0, 1), purifiedAttacked.clamp(0, 1)); // a picture holds no more
        _tally.Psnr += ImageQuality.Psnr(purified, clean).sum().item<float>();
        _tally.Ssim += ImageQuality.Ssim(purified, clean).sum().item<float>();
        _tally.AttackedPsnr += ImageQuality.Psnr(purifiedAttacked, clean).sum().item<float>();
        return correct;
    }

    private RobustnessResult Result()
    {
        var (sum, tried) = (_tally, _tally.Tried);
        var bare = new RobustnessResult
        {
            BareClean = new(sum.BareClean, tried),
            BareRobust = new(sum.BareRobust, tried),
            WithoutGradient = _withoutGradient > 0 ? _withoutGradient : null,
            Seconds = sum.Seconds,
        };
        return defence.Purifier is null ? bare : bare with
        {
            PurifiedClean = new(sum.PurifiedClean, tried),
            NonAdaptive = new(sum.NonAdaptive, tried),
            Adaptive = sum.AdaptiveTried == 0 ? null : new(sum.Adaptive, sum.AdaptiveTried),
            GradientDraws = _draws > 1 ? _draws : null,
            AdaptiveAttack = Adaptive.Description == attack.Description ? null : Adaptive.Description,
            AdaptiveClean = sum.AdaptiveTried == 0 ? null : new(sum.AdaptiveClean, sum.AdaptiveTried),
            Psnr = sum.Psnr / tried,
            Ssim = sum.Ssim / tried,
            AttackedPsnr = sum.AttackedPsnr / tried,
        };
    }

    private static long Count(Tensor correct) => correct.sum().item<long>();
}
