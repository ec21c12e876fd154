using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// What a classifier decides, and with it the one definition of "right" and "fooled" of every attack, verdict and protocol: an image is right where its label has the greatest
/// score, the first of equals, because that is the class that the classifier answers. Scores that tie (quantised logits, votes of trees) are therefore no success of an attack by themselves.
/// </summary>
public static class Decision
{
    /// <summary>The class of each image: of its greatest score, the first of equals.</summary>
    /// <param name="scores">[N, K].</param>
    /// <returns>[N], int64.</returns>
    public static Tensor Of(Tensor scores) => scores.argmax(1);

    /// <summary>Which images the classifier gets right.</summary>
    /// <param name="scores">[N, K].</param>
    /// <param name="labels">[N], int64.</param>
    /// <returns>[N], bool.</returns>
    public static Tensor Right(Tensor scores, Tensor labels) => Of(scores).eq(labels);

    /// <summary>Which images fool the classifier.</summary>
    /// <inheritdoc cref="Right"/>
    public static Tensor Fooled(Tensor scores, Tensor labels) => Of(scores).ne(labels);
}
