namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A classifier that is only asked for answers: an ONNX file or a saved ML.NET pipeline. <see cref="ImageClassifierAnswers"/> asks it and checks what it says.</summary>
public interface IImageClassifier : IDisposable
{
    /// <summary>Its file, for errors.</summary>
    string Name { get; }

    /// <summary>How it takes images and where its scores are, for reports.</summary>
    string Description { get; }

    /// <summary>Rows of the images it takes.</summary>
    int Height { get; }

    /// <summary>Columns of the images it takes.</summary>
    int Width { get; }

    /// <summary>Scores of each image, by class index, as the model gives them; negative infinity for a class that the classifier does not know.</summary>
    float[][] Scores(IReadOnlyList<ClassifierInput> images);
}

/// <summary>An image for a classifier.</summary>
/// <param name="Pixels">Planar RGB in [0, 1]: 3 x height x width.</param>
/// <param name="Name">What errors call it, such as its file; null where only its place in the batch tells.</param>
public sealed record ClassifierInput(float[] Pixels, string? Name);
