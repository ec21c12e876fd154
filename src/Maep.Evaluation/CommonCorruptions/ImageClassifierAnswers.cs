using System.Globalization;
using Maep.Attacks;
using static TorchSharp.torch;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>What follows from the scores of an <see cref="IImageClassifier"/>. Every score passes here, and one that is no number ends the run: as a class it would count as an accuracy.</summary>
public static class ImageClassifierAnswers
{
    /// <summary>Scores of each image by class index, checked.</summary>
    /// <returns>One row of scores for each image, all of one length. None is NaN or positive infinity; at least one of a row is finite. Negative infinity stands for a class that the
    /// classifier does not know, and for the logarithm of a probability of 0.</returns>
    /// <exception cref="InvalidDataException">The classifier gives other scores; the message names its file, the image, the class and the value.</exception>
    public static float[][] ValidScores(this IImageClassifier classifier, IReadOnlyList<ClassifierInput> images)
    {
        var scores = classifier.Scores(images);
        if (scores.Length != images.Count)
            throw new InvalidDataException($"{classifier.Name}: {scores.Length} rows of scores for {images.Count} images; a classifier gives one row for each image. Check what its batch dimension means.");
        for (var image = 0; image < scores.Length; image++)
            Check(classifier, images, scores[image], image, scores[0].Length);
        return scores;
    }

    /// <summary>Class index of each image: of its greatest score, the first of equals.</summary>
    /// <inheritdoc cref="ValidScores" path="/exception"/>
    public static int[] Classify(this IImageClassifier classifier, IReadOnlyList<ClassifierInput> images) =>
        [.. classifier.ValidScores(images).Select(scores => scores.AsSpan().IndexOf(scores.Max()))];

    /// <summary>The classifier for query attacks (Square, RayS): images [N, 3, H, W] in [0, 1] of its size to its scores [N, K]. Gradients it has none.</summary>
    /// <param name="classifier">What is asked; the caller disposes it.</param>
    /// <param name="kind">What its scores are. Of probabilities the attack sees the logarithms [N, K], float64: the margin of two of them is the margin of the logits, which a softmax hides.</param>
    public static BlackBoxClassifier AsBlackBox(this IImageClassifier classifier, ScoreKind kind = ScoreKind.Logits) => new(images =>
    {
        var rows = images.data<float>().ToArray().Chunk((int)(images.numel() / images.shape[0]));
        var scores = classifier.ValidScores([.. rows.Select(pixels => new ClassifierInput(pixels, null))]);
        long[] shape = [scores.Length, scores[0].Length];
        // In double precision, in which different probabilities have different logarithms.
        return kind == ScoreKind.Probabilities ? tensor([.. scores.SelectMany(row => row.Select(ScoreProbe.Logarithm))], shape)
            : tensor([.. scores.SelectMany(row => row)], shape);
    });

    private static void Check(IImageClassifier classifier, IReadOnlyList<ClassifierInput> images, float[] scores, int image, int classes)
    {
        if (scores.Length != classes || classes == 0)
            throw new InvalidDataException($"{classifier.Name}: {scores.Length} scores for {NameOf(images, image)} and {classes} for {NameOf(images, 0)}; a classifier has as many, 1 or more, for every image.");
        var wrong = Array.FindIndex(scores, score => float.IsNaN(score) || float.IsPositiveInfinity(score));
        if (wrong < 0 && Array.TrueForAll(scores, float.IsNegativeInfinity))
            wrong = 0;
        if (wrong >= 0)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{classifier.Name}: the score of class {wrong} is {scores[wrong]} for {NameOf(images, image)}; scores must be finite, except that a class may have -Infinity where another has not. Check the weights of the classifier, and the mean, standard deviation and size that it wants."));
    }

    internal static string NameOf(IReadOnlyList<ClassifierInput> images, int image) =>
        images[image].Name is { } name ? $"image {name}" : string.Create(CultureInfo.InvariantCulture, $"image {image} of the {images.Count} asked together");
}
