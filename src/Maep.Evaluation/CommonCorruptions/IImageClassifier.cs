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

    /// <summary>Class index of each image.</summary>
    int[] Classify(IReadOnlyList<ClassifierInput> images);
}

/// <summary>An image for a classifier.</summary>
/// <param name="Pixels">Planar RGB in [0, 1]: 3 x height x width.</param>
/// <param name="Path">File with these very pixels; null where there is none.</param>
public sealed record ClassifierInput(float[] Pixels, string? Path);
