using Maep.Attacks;
using static TorchSharp.torch;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A classifier that is only asked for answers: an ONNX file or a saved ML.NET pipeline.</summary>
public interface IImageClassifier : IDisposable
{
    /// <summary>How it takes images and where its scores are, for reports.</summary>
    string Description { get; }

    /// <summary>Rows of the images it takes.</summary>
    int Height { get; }

    /// <summary>Columns of the images it takes.</summary>
    int Width { get; }

    /// <summary>Scores of each image, by class index; negative infinity for a class that the classifier does not know.</summary>
    float[][] Scores(IReadOnlyList<ClassifierInput> images);
}

/// <summary>What follows from the scores of an <see cref="IImageClassifier"/>.</summary>
public static class ImageClassifierAnswers
{
    /// <summary>Class index of each image: of its greatest score, the first of equals.</summary>
    public static int[] Classify(this IImageClassifier classifier, IReadOnlyList<ClassifierInput> images) =>
        [.. classifier.Scores(images).Select(scores => scores.AsSpan().IndexOf(scores.Max()))];

    /// <summary>The classifier for query attacks (Square, RayS): images [N, 3, H, W] in [0, 1] of its size to its scores [N, K]. Gradients it has none.</summary>
    public static BlackBoxClassifier AsBlackBox(this IImageClassifier classifier) => new(images =>
    {
        var rows = images.data<float>().ToArray().Chunk((int)(images.numel() / images.shape[0]));
        var scores = classifier.Scores([.. rows.Select(pixels => new ClassifierInput(pixels, null))]);
        return tensor([.. scores.SelectMany(row => row)], [scores.Length, scores[0].Length]);
    });
}

/// <summary>An image for a classifier.</summary>
/// <param name="Pixels">Planar RGB in [0, 1]: 3 x height x width.</param>
/// <param name="Path">File with these very pixels; null where there is none.</param>
public sealed record ClassifierInput(float[] Pixels, string? Path);
