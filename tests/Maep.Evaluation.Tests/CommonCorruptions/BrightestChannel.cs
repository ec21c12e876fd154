using Maep.Evaluation.CommonCorruptions;

namespace Maep.Evaluation.Tests.CommonCorruptions;

/// <summary>Takes the channel with the greatest mean for the class, and remembers how often it was asked.</summary>
internal sealed class BrightestChannel(int size = CorruptedFolder.Size) : IImageClassifier
{
    public int Asked { get; private set; }

    public string Name => "brightest channel";

    public string Description => "brightest channel";

    public int Height => size;

    public int Width => size;

    public float[][] Scores(IReadOnlyList<ClassifierInput> images)
    {
        Asked += images.Count;
        return [.. images.Select(image => image.Pixels.Chunk(size * size).Select(plane => plane.Average()).ToArray())];
    }

    public void Dispose()
    {
    }
}
