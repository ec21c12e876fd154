using Maep.Export.Proto;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>Compares an imported network with ONNX Runtime on random images, so that a wrong tensor is never returned without a word.</summary>
/// <param name="reference">The same graph in ONNX Runtime.</param>
/// <param name="input">Which images it takes.</param>
/// <param name="scores">What it gives for them.</param>
/// <param name="source">What errors call the file.</param>
internal sealed class OpeningCheck(ReferenceRun reference, ImageInput input, ScoresOutput scores, string source)
{
    /// <summary>Largest difference from ONNX Runtime, as a share of the largest score.</summary>
    public const double Tolerance = 1e-3;

    private const int Images = 3;
    private const int Seed = 23;

    /// <summary>What ONNX Runtime says to some images.</summary>
    /// <param name="Images">[3, C, H, W] in [0, 1].</param>
    /// <param name="Logits">Its scores for them.</param>
    /// <param name="Reported">What the file reports for them.</param>
    /// <param name="AtOnce">Whether it took them in one batch.</param>
    internal sealed record Answer(Tensor Images, Tensor Logits, Tensor Reported, bool AtOnce);

    /// <summary>Asks ONNX Runtime for images of a size.</summary>
    /// <exception cref="InvalidDataException">It cannot run the file, or not with finite scores.</exception>
    public Answer Ask(long height, long width)
    {
        using var random = new Generator(Seed);
        var images = rand([Images, input.Channels ?? 3, height, width], generator: random);
        string? reason = null;
        var answer = Answers(images, ref reason) ?? throw new InvalidDataException($"{source}: ONNX Runtime cannot run it on images: {reason}");
        return answer.Logits.isfinite().all().item<bool>() ? answer
            : throw new InvalidDataException($"{source}: ONNX Runtime gives scores that are not finite for random images in [0, 1]; the file's weights are damaged, or it needs images in another range.");
    }

    /// <summary>Largest difference of a network's scores, one image alone and all together, as a share of the largest score.</summary>
    /// <exception cref="InvalidDataException">The network cannot be computed, or gives no scores.</exception>
    public double Difference(ImportedNetwork network, Answer answer) =>
        Math.Max(Difference(network, answer, 1), Difference(network, answer, Images)); // Math.Max passes NaN on

    /// <summary>
    /// Largest difference of the scores of a network that rounds, as a share of the largest score, given ONNX Runtime's value of each rounding; those are
    /// compared one by one.
    /// </summary>
    /// <param name="rounding">ONNX Runtime with the scores and then all roundings as outputs.</param>
    /// <param name="network">The network.</param>
    /// <param name="answer">Its images are used.</param>
    /// <exception cref="InvalidDataException">A rounding does not agree.</exception>
    public double DifferenceBehindRoundings(ReferenceRun rounding, ImportedNetwork network, Answer answer)
    {
        using var noGradient = no_grad();
        var largest = 0.0;
        foreach (var count in input.Batch is { } size ? [size] : new long[] { 1, Images })
        {
            using var scope = NewDisposeScope();
            var images = input.Batch is null ? answer.Images.narrow(0, 0, count) : answer.Images.narrow(0, 0, 1).expand(count, -1, -1, -1);
            var values = rounding.TryRun(images, out var reason) ?? throw new InvalidDataException($"{source}: ONNX Runtime cannot run it on images: {reason}");
            var (actual, expected) = (network.ScoresFrom(images, values[1..]), values[0].reshape(count, -1));
            largest = Math.Max(largest, (actual - expected).abs().max().item<float>() / Math.Max(expected.abs().max().item<float>(), 1e-6));
        }
        return largest;
    }

    private double Difference(ImportedNetwork network, Answer answer, long count)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var actual = network.Scores(answer.Images.narrow(0, 0, count), NetworkLimits.LargestTensor);
        if (actual.shape[1] < 2)
            throw new InvalidDataException($"{source}: it gives {actual.shape[1]} score for an image; a classifier gives one for each of at least two classes, or one probability behind a Sigmoid as its last node. Export it with the two scores 0 and z.");
        var difference = Relative(actual, answer.Logits, count);
        return scores.Softmax is null ? difference : Math.Max(difference, Relative(actual.softmax(1), answer.Reported, count));
    }

    private static double Relative(Tensor actual, Tensor all, long count)
    {
        var expected = all.reshape(Images, -1).narrow(0, 0, count);
        if (!expected.shape.SequenceEqual(actual.shape))
            return double.PositiveInfinity;
        var scale = Math.Max(expected.abs().max().item<float>(), 1e-6);
        return (actual - expected).abs().max().item<float>() / scale;
    }

    private Answer? Answers(Tensor images, ref string? reason)
    {
        var size = input.Batch ?? Images;
        if (size == Images && reference.TryRun(images, out reason) is { } together && together.All(value => value.numel() % Images == 0 && value.dim() > 0 && value.shape[0] == Images))
            return new Answer(images, together[0], together[^1], AtOnce: true);
        var groups = input.Batch ?? 1;
        var answers = new List<Tensor[]>();
        for (var image = 0; image < Images; image++)
        {
            // The image in all places of the batch; its scores are the first of them.
            if (reference.TryRun(images.narrow(0, image, 1).expand(groups, -1, -1, -1), out reason) is not { } one)
                return null;
            answers.Add([.. one.Select(value => value.reshape(groups, -1).narrow(0, 0, 1))]);
        }
        return new Answer(images, cat(answers.Select(answer => answer[0]).ToArray(), 0), cat(answers.Select(answer => answer[^1]).ToArray(), 0), AtOnce: false);
    }
}
