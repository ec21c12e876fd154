using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>Checks of what models answer; one reduction over the answer where nothing is wrong.</summary>
internal static class AnswerCheck
{
    /// <summary>Refuses scores that are no decision.</summary>
    /// <param name="scores">What a classifier answered.</param>
    /// <param name="images">Images that it was asked about.</param>
    /// <param name="model">How messages name it.</param>
    /// <exception cref="InvalidDataException">Not [N, K] with K at least 2.</exception>
    /// <exception cref="UnusableAnswerException">NaN, positive infinity, or no finite score for an image.</exception>
    public static void Scores(Tensor scores, long images, string model)
    {
        if (scores.dim() == 2 && scores.shape[0] == images && scores.shape[1] == 1)
            throw new InvalidDataException($"{model} gives one score for each image, and a verdict or an attack needs one for each of at least 2 classes; turn the single output z, which says yes above 0, into the two logits 0 and z.");
        if (scores.dim() != 2 || scores.shape[0] != images)
            throw new InvalidDataException($"{model} gives scores [{string.Join(", ", scores.shape)}] for {images} images; a classifier gives [{images}, K], one score for each of K classes.");
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var usable = scores.detach().amax([1]).isfinite(); // NaN is the greatest of any row that has it
        if (usable.all().item<bool>())
            return;
        var row = First(usable.logical_not());
        var values = Values(scores[row]);
        var wrong = Array.FindIndex(values, value => float.IsNaN(value) || float.IsPositiveInfinity(value));
        throw new UnusableAnswerException(model, row, wrong < 0
            ? "negative infinity for every class; at least one class must have a finite score"
            : string.Create(CultureInfo.InvariantCulture, $"the score {values[wrong]} for class {wrong}; a score must be a finite number, or negative infinity for a class that it does not know. Look for a division by zero or an overflow in it"));
    }

    /// <summary>Refuses images with values that are not finite.</summary>
    /// <param name="images">[N, C, H, W], what a purifier gave.</param>
    /// <param name="model">How messages name it.</param>
    /// <exception cref="UnusableAnswerException">A value is NaN or infinite.</exception>
    public static void Images(Tensor images, string model) => Refuse(images, (row, value) => new UnusableAnswerException(model, row,
        string.Create(CultureInfo.InvariantCulture, $"the pixel value {value}; purified images must be finite numbers. Look for a division by zero or an overflow in it")));

    /// <summary>Refuses gradients with values that are not finite: an attack could not move along them, and what they led to would be no image.</summary>
    /// <param name="gradient">[N, C, H, W].</param>
    /// <param name="model">How messages name the model.</param>
    /// <exception cref="UnusableAnswerException">A value is NaN or infinite.</exception>
    public static void Gradient(Tensor gradient, string model) => Refuse(gradient, (row, value) => new UnusableAnswerException(model, row, string.Create(CultureInfo.InvariantCulture,
        $"the gradient {value}, along which no attack can move; mend its derivative (a root or a logarithm of 0?), give its purifier a stand-in by {nameof(BackwardPassApproximation)}, or attack it with square or rays, which take no gradients")));

    private static void Refuse(Tensor values, Func<long, float, UnusableAnswerException> fault)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (values.detach().sum().isfinite().item<bool>())
            return;
        var finite = values.detach().isfinite().flatten(1).all(1);
        if (finite.all().item<bool>())
            return; // the sum alone left the range of its type
        var row = First(finite.logical_not());
        throw fault(row, Array.Find(Values(values[row].flatten()), value => !float.IsFinite(value)));
    }

    private static long First(Tensor rows) => rows.nonzero()[0, 0].item<long>();

    private static float[] Values(Tensor row) => [.. row.detach().to(ScalarType.Float32).cpu().contiguous().data<float>()];
}
