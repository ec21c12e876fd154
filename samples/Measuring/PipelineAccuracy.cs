using System.Globalization;

namespace Maep.Samples.Measuring;

/// <summary>What one pipeline got right, each a number of images. As everywhere in this project, an image wrong when clean counts as wrong when attacked.</summary>
/// <param name="Images">Images tried.</param>
/// <param name="Clean">Pipeline alone, clean images.</param>
/// <param name="Attacked">Pipeline alone, attacked images.</param>
/// <param name="PurifiedClean">Behind the purifier, clean images.</param>
/// <param name="PurifiedAttacked">Behind the purifier, attacked images; the attacker ignored the purifier.</param>
public sealed record PipelineAccuracy(int Images, int Clean, int Attacked, int PurifiedClean, int PurifiedAttacked)
{
    /// <summary>Counts right predictions.</summary>
    /// <param name="labels">True class of each image.</param>
    /// <param name="alone">Classes that the pipeline alone predicts.</param>
    /// <param name="purified">Classes that it predicts behind the purifier.</param>
    public static PipelineAccuracy Of(IReadOnlyList<int> labels, Predictions alone, Predictions purified) => new(
        labels.Count, Right(labels, alone.Clean), Right(labels, alone.Clean, alone.Attacked), Right(labels, purified.Clean), Right(labels, purified.Clean, purified.Attacked));

    /// <summary>The four shares as a table.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {Images} images        clean   attacked (non-adaptive: the attacker ignores the purifier)
        pipeline alone {Share(Clean),8:P1} {Share(Attacked),8:P1}
        purified       {Share(PurifiedClean),8:P1} {Share(PurifiedAttacked),8:P1}
        """);

    private double Share(int count) => (double)count / Images;

    private static int Right(IReadOnlyList<int> labels, params int[][] predictions) =>
        Enumerable.Range(0, labels.Count).Count(index => predictions.All(classes => classes[index] == labels[index]));
}

/// <summary>Classes predicted for the same images, clean and attacked.</summary>
/// <param name="Clean">For the clean images.</param>
/// <param name="Attacked">For the attacked ones.</param>
public sealed record Predictions(int[] Clean, int[] Attacked);
