using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A few of the images of a run, for its page: clean, corrupted and purified, with what the classifier says of each.</summary>
/// <param name="classifier">What was measured.</param>
/// <param name="purifier">What was put ahead of it; null for nothing.</param>
/// <param name="options">Of the run.</param>
public sealed class CorruptionExamples(IImageClassifier classifier, IImagePurifier? purifier, CorruptionOptions options)
{
    private const int Shown = 8;
    private const int Tries = 20; // images looked at in a cell for one that can be read
    private const int Severity = 3;
    private const double Amplification = 10; // what a purifier changes are a few grey levels

    private sealed record Example(CellSize Cell, CorruptedImage Image, ClassifierInput Input);

    /// <summary>The pictures, one corruption a row at severity 3 where it is there; null where no image can be read. The caller disposes the tensors through a scope.</summary>
    /// <param name="set">The images of the run.</param>
    /// <param name="clean">Their clean versions; null where there are none.</param>
    public HtmlPictures? Pictures(ICorruptedImages set, ICorruptedImages? clean)
    {
        var examples = Find(set);
        if (examples.Count == 0)
            return null;
        var (originals, hasSeverities) = (Originals(examples, clean), set.Cells.Any(cell => cell.Severity > 1));
        ClassifierInput[] corrupted = [.. examples.Select(example => example.Input)];
        var purified = purifier is null ? null : (ClassifierInput[])[.. purifier.Purified(corrupted, out _)];
        var (before, after, happens) = purified is not null ? (corrupted, purified, "purifying")
            : originals is not null ? (originals, corrupted, hasSeverities ? "the corruption" : "the change") : (corrupted, null, "");
        var (first, second) = (classifier.Classify(before), after is null ? null : classifier.Classify(after));
        var shown = Stacked(corrupted);
        return new HtmlPictures("Images of the run",
            [
                .. originals is null ? Array.Empty<(string, Tensor)>() : [("clean", Stacked(originals))],
                (hasSeverities ? "corrupted" : "changed", shown),
                .. purified is null ? Array.Empty<(string, Tensor)>() : [("purified", Stacked(purified)), ($"what purifying changes, {Amplification:F0} times", PictureGrid.Amplified(Stacked(purified) - shown, Amplification))],
            ],
            [.. examples.Select((example, row) => new PictureCaption(Name(set, example.Image.Label), Name(set, first[row]), second is null ? null : Name(set, second[row]))
            {
                Note = $"{example.Cell.Corruption.Replace('_', ' ')}{(hasSeverities ? $", severity {example.Cell.Severity}" : "")}",
            })],
            scale: classifier.Height > 96 ? 1 : 4)
        {
            Event = happens,
        };
    }

    private List<Example> Find(ICorruptedImages set)
    {
        // The severity in the middle, or the nearest there is.
        CellSize[] cells = [.. set.Cells.GroupBy(cell => cell.Corruption).Select(group => group.MinBy(cell => Math.Abs(cell.Severity - Severity))!)];
        var count = Math.Min(Shown, cells.Length);
        return [.. Enumerable.Range(0, count).Select(index => FirstReadable(set, cells[index * cells.Length / count], (double)index / count)).OfType<Example>()];
    }

    // From another place in each cell, so that the rows show different photographs.
    private Example? FirstReadable(ICorruptedImages set, CellSize cell, double place)
    {
        var evaluator = new CorruptionEvaluator(classifier, null, options);
        foreach (var image in set.Images(cell).Skip((int)(place * cell.Images)).Take(Tries))
        {
            try
            {
                return new Example(cell, image, evaluator.Input(image, options.Fit));
            }
            catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                continue; // counted and listed by the run
            }
        }
        return null;
    }

    // Null unless every example has a clean version: columns of a picture are of one length.
    private ClassifierInput[]? Originals(List<Example> examples, ICorruptedImages? clean)
    {
        if (clean is null)
            return null;
        var evaluator = new CorruptionEvaluator(classifier, null, options);
        var wanted = examples.Select(example => example.Image.Key).ToHashSet();
        var found = clean.Images(clean.Cells[0]).Where(image => wanted.Contains(image.Key)).DistinctBy(image => image.Key).ToDictionary(image => image.Key);
        try
        {
            return found.Count == wanted.Count ? [.. examples.Select(example => evaluator.Input(found[example.Image.Key], options.CleanFit))] : null;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private Tensor Stacked(ClassifierInput[] images) => tensor([.. images.SelectMany(image => image.Pixels)], [images.Length, 3, classifier.Height, classifier.Width]);

    private static string Name(ICorruptedImages set, int index) => index < set.ClassNames.Count ? set.ClassNames[index] : $"class {index}";
}
