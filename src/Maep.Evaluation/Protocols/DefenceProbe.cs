using System.Diagnostics;
using System.Text.Json.Serialization;
using Maep.Attacks;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Protocols;

/// <summary>What a defence shows before it is attacked: signs of randomness and of gradients that mislead attacks (Athalye et al., 2018), cost and image quality.</summary>
public sealed record DefenceProbe
{
    private const int Images = 64;

    /// <summary>Two calls on the same images differ.</summary>
    public required bool IsRandom { get; init; }

    /// <summary>Scores are probabilities, which saturate; attacks want logits.</summary>
    public required bool HasProbabilities { get; init; }

    /// <summary>Share of the images whose loss has no gradient at all, or one that is no number.</summary>
    public required double WithoutGradient { get; init; }

    /// <summary>What adaptive attacks differentiate where the purifier has no gradient of its own; null where gradients are exact.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GradientStandIn { get; init; }

    /// <summary>The defence differentiates while it classifies: it optimises at test time.</summary>
    public required bool Optimises { get; init; }

    /// <summary>Milliseconds of the purifier for one image, in a batch; 0 without one.</summary>
    public required double PurifierMilliseconds { get; init; }

    /// <summary>Weights of the purifier; 0 without one.</summary>
    public required long PurifierWeights { get; init; }

    /// <summary>PSNR of purified clean images, dB; null without a purifier.</summary>
    public double? Psnr { get; init; }

    /// <summary>SSIM of purified clean images; null without a purifier.</summary>
    public double? Ssim { get; init; }

    /// <summary>Looks at a defence on the first images of a set.</summary>
    /// <param name="defence">The networks.</param>
    /// <param name="set">Test images, at least 1; more than 64 are left out. They are differentiated together.</param>
    /// <param name="cancellation">Stops before the next look.</param>
    /// <exception cref="ArgumentException">No images.</exception>
    /// <exception cref="InvalidDataException">A network answers what is no number.</exception>
    public static DefenceProbe Of(DefenceUnderTest defence, LabelledImages set, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = (FirstImages(set), set.Take(Images).LabelTensor());
        var (whole, streams) = (new AskedModel(defence.Whole, cancellation), new ImageStreams(0, 0, images.shape[0]));
        var slopes = Slopes(whole, images, labels, streams);
        using var noGradient = no_grad();
        var (once, again) = (whole.Scores(images, streams), whole.Scores(images, streams));
        var purified = defence.Purifier is null ? ((Tensor Images, double Milliseconds)?)null : Timed(new AskedModel(defence.Purifier, cancellation), images, streams);
        return new DefenceProbe
        {
            IsRandom = !once.equal(again).all().item<bool>(),
            HasProbabilities = once.min().item<float>() >= 0 && (once.sum(1) - 1).abs().max().item<float>() < 1e-4,
            WithoutGradient = ShareWithout(slopes),
            GradientStandIn = defence.Purifier?.GradientStandIn,
            Optimises = once.requires_grad || defence.Purifier is { OptimisesAtTestTime: true },
            PurifierMilliseconds = purified?.Milliseconds ?? 0,
            PurifierWeights = defence.Purifier?.parameters().Sum(weight => weight.numel()) ?? 0,
            Psnr = purified is null ? null : ImageQuality.Psnr(purified.Value.Images, images).mean().item<float>(),
            Ssim = purified is null ? null : ImageQuality.Ssim(purified.Value.Images, images).mean().item<float>(),
        };
    }

    /// <summary>Whether a defence draws at random: the first thing to know of it, and cheap.</summary>
    /// <inheritdoc cref="Of"/>
    public static bool IsRandomOn(DefenceUnderTest defence, LabelledImages set, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var images = FirstImages(set);
        var (whole, streams) = (new AskedModel(defence.Whole, cancellation), new ImageStreams(0, 0, images.shape[0]));
        return !whole.Scores(images, streams).equal(whole.Scores(images, streams)).all().item<bool>();
    }

    /// <summary>Share of the images whose loss has no gradient at all, or one that is no number, through a network that is attacked: no attack that follows gradients can move them.</summary>
    /// <param name="model">Images to logits.</param>
    /// <param name="set">Test images, at least 1; more than 64 are left out. They are differentiated together.</param>
    /// <param name="cancellation">Stops before the look.</param>
    /// <exception cref="ArgumentException">No images.</exception>
    /// <exception cref="InvalidDataException">The network answers what is no number.</exception>
    public static double WithoutGradientOn(nn.Module<Tensor, Tensor> model, LabelledImages set, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var images = FirstImages(set);
        return ShareWithout(Slopes(new AskedModel(model, cancellation), images, set.Take(Images).LabelTensor(), new ImageStreams(0, 0, images.shape[0])));
    }

    private static double ShareWithout(Tensor slopes) => 1 - slopes.to(ScalarType.Float64).mean().item<double>();

    private static Tensor FirstImages(LabelledImages set)
    {
        if (set.Count == 0)
            throw new ArgumentException("0 images to evaluate; give at least 1.", nameof(set));
        using var bytes = set.Take(Images).PixelTensor();
        return LabelledImages.ToUnitRange(bytes);
    }

    // [N], bool: the loss of an image changes with its pixels.
    private static Tensor Slopes(AskedModel model, Tensor images, Tensor labels, ImageStreams streams)
    {
        var input = images.detach().clone().requires_grad_();
        var loss = nn.functional.cross_entropy(model.Scores(input, streams), labels, reduction: nn.Reduction.Sum);
        if (!loss.requires_grad)
            return zeros_like(labels, ScalarType.Bool);
        var gradient = autograd.grad([loss], [input], allow_unused: true)[0];
        if (gradient is null || gradient.IsInvalid)
            return zeros_like(labels, ScalarType.Bool);
        var size = gradient.abs().flatten(1).sum(1);
        return size.gt(0).logical_and(size.isfinite());
    }

    private static (Tensor Images, double Milliseconds) Timed(AskedModel purifier, Tensor images, ImageStreams streams)
    {
        var clock = Stopwatch.StartNew();
        var purified = purifier.Purified(images, streams).clamp(0, 1); // a picture holds no more
        return (purified, clock.Elapsed.TotalMilliseconds / images.shape[0]);
    }
}
