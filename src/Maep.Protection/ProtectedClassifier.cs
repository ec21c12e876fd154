using System.Globalization;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Export;
using Maep.Export.Import;
using Maep.Networks.Classifiers;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Protection;

/// <summary>A classifier that a purifier is to be made for, with what was found out about it.</summary>
public sealed class ProtectedClassifier
{
    private const double Near = 0.05;
    private const int MoreImages = 2000;

    private static readonly PixelNormalization[] Usual =
    [
        PixelNormalization.ImageNet, PixelNormalization.Cifar10,
        new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]),
        new([0, 0, 0], [1 / 255f, 1 / 255f, 1 / 255f]),
    ];

    private ProtectedClassifier(string path, ModelFile file, AccuracyCount clean, ClassifierForm form, IReadOnlyList<string> notes) =>
        (Path, File, Clean, Form, Notes) = (path, file, clean, form, notes);

    /// <summary>Its file.</summary>
    public string Path { get; }

    /// <summary>Its accuracy on the images for choices.</summary>
    public AccuracyCount Clean { get; }

    /// <summary>How its images are prepared ahead of the file.</summary>
    public ClassifierForm Form { get; }

    /// <summary>What was found out and assumed, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>How records name it.</summary>
    public ModelReference Reference => ModelReference.Of(Path, File);

    internal ModelFile File { get; }

    internal nn.Module<Tensor, Tensor> Network => File.Network;

    /// <summary>Looks at a classifier: whether it takes the images, how it wants them normalised, and whether it knows their labels.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="file">The same file, opened with <paramref name="form"/>.</param>
    /// <param name="form">What is known of it; without a normalisation and an order of colours the usual ones are tried on a file of others.</param>
    /// <param name="split">Images to look with: those for choices, and where these cannot tell two ways to prepare images apart, some of those for training.</param>
    /// <exception cref="InvalidDataException">It takes other images or gives other classes, its answers are no numbers, or it is not better than guessing.</exception>
    public static ProtectedClassifier Look(string path, ModelFile file, ClassifierForm form, ImageSplit split)
    {
        List<string> notes = [];
        var images = split.Validation;
        AccuracyCount clean;
        if (form is { Normalization: null, BlueFirst: false } && file.Imported is { } imported)
        {
            var tried = Forms(form, imported).Select(other => (Form: other, File: file.Prepared(other))).Select(way => (way.Form, way.File, Clean: Accuracy(path, way.File.Network, images))).ToList();
            notes.Add($"Ways to prepare images tried on {images.Count} of them: {string.Join(", ", tried.Select(way => $"{Words(way.Form)} {Percent(way.Clean)}"))}.");
            // Statistics that are nearly the same give nearly the same accuracy: more images tell them apart, if any do.
            var best = tried.Max(way => way.Clean.Share);
            var near = tried.Where(way => way.Clean.Share >= best - Near).ToList();
            var taken = near[0];
            if (near.Count > 1)
            {
                var more = split.Training.Take(MoreImages);
                var compared = near.Select(way => (Way: way, Clean: Accuracy(path, way.File.Network, more))).OrderByDescending(way => way.Clean.Correct).ToList();
                notes.Add($"Those near to each other on {more.Count} training images: {string.Join(", ", compared.Select(way => $"{Words(way.Way.Form)} {Percent(way.Clean)}"))}.");
                taken = compared[0].Way;
            }
            if (taken.Form != form)
                notes.Add($"Taken: {Words(taken.Form)}. The classifier may have been trained with another one; if you know it, name it with --mean, --std and --bgr.");
            (form, file, clean) = taken;
        }
        else
        {
            clean = Accuracy(path, file.Network, images);
        }
        notes.Add($"Clean accuracy on {images.Count} images: {Percent(clean)}.");
        RequireBetterThanGuessing(path, clean, images);
        return new ProtectedClassifier(path, file, clean, form, notes);
    }

    // Bytes are not normalised, and grey has no order.
    private static IEnumerable<ClassifierForm> Forms(ClassifierForm form, ImportedNetwork imported)
    {
        PixelNormalization?[] normalizations = imported.TakesBytes ? [null] : [null, .. Usual];
        bool[] orders = imported.Channels == 1 ? [false] : [false, true];
        return orders.SelectMany(blueFirst => normalizations.Select(normalization => form with { Normalization = normalization, BlueFirst = blueFirst }));
    }

    private static string Words(ClassifierForm form) => (form.Normalization, form.BlueFirst) switch
    {
        (null, false) => "as they are",
        (null, true) => "BGR",
        ({ } normalization, false) => $"{normalization}",
        ({ } normalization, true) => $"BGR with {normalization}",
    };

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
                + "or it wants its images normalised in a way that was not tried (--mean, --std).");
        }
    }

    private static string Percent(AccuracyCount count) => string.Create(CultureInfo.InvariantCulture, $"{100 * count.Share:F1} %");
}
