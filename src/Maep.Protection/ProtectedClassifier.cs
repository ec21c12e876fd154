using System.Globalization;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Export;
using Maep.Networks.Classifiers;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Protection;

/// <summary>A classifier that a purifier is to be made for, with what was found out about it.</summary>
public sealed class ProtectedClassifier
{
    private static readonly PixelNormalization[] Usual =
    [
        PixelNormalization.ImageNet, PixelNormalization.Cifar10,
        new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]),
        new([0, 0, 0], [1 / 255f, 1 / 255f, 1 / 255f]),
    ];

    private ProtectedClassifier(string path, ModelFile file, AccuracyCount clean, PixelNormalization? normalization, IReadOnlyList<string> notes) =>
        (Path, File, Clean, Normalization, Notes) = (path, file, clean, normalization, notes);

    /// <summary>Its file.</summary>
    public string Path { get; }

    /// <summary>Its accuracy on the images for choices.</summary>
    public AccuracyCount Clean { get; }

    /// <summary>What its images are normalised by ahead of the file; null where it takes RGB in [0, 1].</summary>
    public PixelNormalization? Normalization { get; }

    /// <summary>What was found out and assumed, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>How records name it.</summary>
    public ModelReference Reference => ModelReference.Of(Path, File);

    internal ModelFile File { get; }

    internal nn.Module<Tensor, Tensor> Network => File.Network;

    /// <summary>Looks at a classifier: whether it takes the images, how it wants them normalised, and whether it knows their labels.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="file">The same file, opened with <paramref name="form"/>.</param>
    /// <param name="form">What is known of it; without a normalisation the usual ones are tried on a file of others.</param>
    /// <param name="images">Images to look with: those for choices.</param>
    /// <exception cref="InvalidDataException">It takes other images or gives other classes, its answers are no numbers, or it is not better than guessing.</exception>
    public static ProtectedClassifier Look(string path, ModelFile file, ClassifierForm form, LabelledImages images)
    {
        List<string> notes = [];
        var clean = Accuracy(path, file.Network, images);
        PixelNormalization? chosen = form.Normalization;
        if (chosen is null && file.Imported is { TakesBytes: false })
        {
            var tried = Usual.Select(normalization => (Normalization: normalization, Clean: Accuracy(path, new NormalizedClassifier(file.Network, normalization), images))).ToList();
            var best = tried.MaxBy(pair => pair.Clean.Correct);
            notes.Add($"Normalisations tried on {images.Count} images: none {Percent(clean)}, {string.Join(", ", tried.Select(pair => $"{pair.Normalization} {Percent(pair.Clean)}"))}.");
            if (best.Clean.Correct > clean.Correct)
            {
                (chosen, clean) = (best.Normalization, best.Clean);
                file = ModelFile.Open(path, form with { Normalization = chosen });
                notes.Add($"Taken: {chosen}; if the classifier was trained with another one, name it with --mean and --std.");
            }
        }
        notes.Add($"Clean accuracy on {images.Count} images: {Percent(clean)}.");
        RequireBetterThanGuessing(path, clean, images);
        return new ProtectedClassifier(path, file, clean, chosen, notes);
    }

    private static AccuracyCount Accuracy(string path, nn.Module<Tensor, Tensor> network, LabelledImages images)
    {
        using var noGradient = no_grad();
        var (asked, correct, first) = (new AskedModel(CheckedModel.Classifier(network, path)), 0L, 0);
        foreach (var (batch, labels) in images.Batches(20))
        {
            using var scope = NewDisposeScope();
            using var pixels = batch;
            using var truth = labels;
            var scores = asked.Scores(pixels, new ImageStreams(0, first, pixels.shape[0]));
            if (scores.shape[1] != images.ClassNames.Count)
                throw new InvalidDataException($"{path}: {scores.shape[1]} scores, but {images.Name} has {images.ClassNames.Count} classes; give images of its classes, one folder each, or the class index that numbers them (--classes).");
            correct += Decision.Right(scores, truth).sum().item<long>();
            first += (int)pixels.shape[0];
        }
        return new AccuracyCount(correct, images.Count);
    }

    // The most frequent class is what a guesser would always say.
    private static void RequireBetterThanGuessing(string path, AccuracyCount clean, LabelledImages images)
    {
        var guessing = images.Labels.ToArray().CountBy(label => label).Max(pair => pair.Value) / (double)images.Count;
        if (clean.Interval.Low <= guessing)
        {
            throw new InvalidDataException(
                $"{path}: {Percent(clean)} of {images.Count} images right, no better than always saying the most frequent class ({100 * guessing:F0} %). Its classes may be numbered otherwise than the folders (--classes, --verbose shows the numbers), "
                + "or it wants its images normalised in a way that was not tried (--mean, --std), or blue before red, which cannot be opened yet.");
        }
    }

    private static string Percent(AccuracyCount count) => string.Create(CultureInfo.InvariantCulture, $"{100 * count.Share:F1} %");
}
