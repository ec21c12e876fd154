using System.Diagnostics;
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
}

/// <summary>Measures a classifier, bare and behind a purifier, under one attack, non-adaptively and adaptively (paper section 5.1; field rules of Carlini et al., 2019).</summary>
/// <param name="classifier">Images in [0, 1] to logits, in evaluation mode.</param>
/// <param name="purifier">Images to images, in evaluation mode; null measures the bare classifier only.</param>
/// <param name="attack">The attack, used on the bare classifier and on the whole defence.</param>
/// <param name="options">Sizes and seed.</param>
public sealed class RobustnessEvaluator(nn.Module<Tensor, Tensor> classifier, nn.Module<Tensor, Tensor>? purifier, IAttack attack, EvaluationOptions options)
{
    private long _tried, _bareClean, _bareRobust, _purifiedClean, _nonAdaptive, _adaptiveTried, _adaptive, _adaptiveClean;
    private double _psnr, _ssim, _attackedPsnr;
    private int _draws = 1;

    /// <summary>Runs the evaluation once.</summary>
    /// <param name="images">Test images.</param>
    /// <param name="progress">Receives images done.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <exception cref="ArgumentException">No images.</exception>
    public RobustnessResult Evaluate(LabelledImages images, Action<int> progress, CancellationToken cancellation)
    {
        if (images.Count == 0)
            throw new ArgumentException("0 images to evaluate; give at least 1.", nameof(images));
        var clock = Stopwatch.StartNew();
        var defence = new DefenceUnderTest(classifier, purifier);
        _draws = DefenceProbe.Of(defence, images).IsRandom ? ProtocolRun.GradientDraws : 1;
        foreach (var (clean, labels) in images.Batches(options.BatchSize))
        {
            using (clean)
            using (labels)
                Measure(clean, labels, defence);
            progress((int)_tried);
            cancellation.ThrowIfCancellationRequested();
        }
        return Result(clock.Elapsed.TotalSeconds);
    }

    private void Measure(Tensor clean, Tensor labels, DefenceUnderTest defence)
    {
        using var scope = NewDisposeScope();
        var first = _tried;
        _tried += clean.shape[0];
        var bareCorrect = Verdict.Right(classifier, clean, labels);
        var attacked = attack.Perturb(classifier, clean, labels, new ImageStreams(options.Seed, first, clean.shape[0]));
        _bareClean += Count(bareCorrect);
        _bareRobust += Count(bareCorrect.logical_and(Verdict.Right(classifier, attacked, labels)));
        if (purifier is null)
            return;

        var purifiedCorrect = Quality(clean, attacked, labels);
        var tried = (int)Math.Min(clean.shape[0], options.AdaptiveImages - _adaptiveTried);
        if (tried <= 0)
            return;
        var (some, someLabels) = (clean.narrow(0, 0, tried), labels.narrow(0, 0, tried));
        var adaptive = attack.Perturb(defence.SeenBy(AttackerKnowledge.Adaptive, _draws), some, someLabels, new ImageStreams(options.Seed, first, tried));
        _adaptiveTried += tried;
        _adaptiveClean += Count(purifiedCorrect.narrow(0, 0, tried));
        _adaptive += Count(purifiedCorrect.narrow(0, 0, tried).logical_and(Verdict.Right(defence.Whole, adaptive, someLabels)));
    }

    // Counts clean and non-adaptive accuracy behind the purifier, and its image quality; returns which clean images stay correct.
    private Tensor Quality(Tensor clean, Tensor attacked, Tensor labels)
    {
        using var noGradient = no_grad();
        var (purified, purifiedAttacked) = (purifier!.call(clean), purifier.call(attacked));
        var correct = Verdict.Right(classifier, purified, labels);
        _purifiedClean += Count(correct);
        _nonAdaptive += Count(correct.logical_and(Verdict.Right(classifier, purifiedAttacked, labels)));
        (purified, purifiedAttacked) = (purified.clamp(0, 1), purifiedAttacked.clamp(0, 1)); // a picture holds no more
        _psnr += ImageQuality.Psnr(purified, clean).sum().item<float>();
        _ssim += ImageQuality.Ssim(purified, clean).sum().item<float>();
        _attackedPsnr += ImageQuality.Psnr(purifiedAttacked, clean).sum().item<float>();
        return correct;
    }

    private RobustnessResult Result(double seconds)
    {
        var bare = new RobustnessResult { BareClean = new(_bareClean, _tried), BareRobust = new(_bareRobust, _tried), Seconds = seconds };
        return purifier is null ? bare : bare with
        {
            PurifiedClean = new(_purifiedClean, _tried),
            NonAdaptive = new(_nonAdaptive, _tried),
            Adaptive = _adaptiveTried == 0 ? null : new(_adaptive, _adaptiveTried),
            GradientDraws = _draws > 1 ? _draws : null,
            AdaptiveClean = _adaptiveTried == 0 ? null : new(_adaptiveClean, _adaptiveTried),
            Psnr = _psnr / _tried,
            Ssim = _ssim / _tried,
            AttackedPsnr = _attackedPsnr / _tried,
        };
    }

    private static long Count(Tensor correct) => correct.sum().item<long>();
}
