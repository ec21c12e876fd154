using Maep.Training.Data;

namespace Maep.Protection;

/// <summary>The images of a protection in three parts that share none: the purifier learns from the first, choices are made on the second, figures come from the third.</summary>
/// <param name="Training">What adversarial pairs are made of.</param>
/// <param name="Validation">What normalisation and weights are chosen on.</param>
/// <param name="Test">What is reported.</param>
public sealed record ImageSplit(LabelledImages Training, LabelledImages Validation, LabelledImages Test)
{
    /// <summary>Most images for choices.</summary>
    public const int MostValidation = 200;

    /// <summary>Most images for figures.</summary>
    public const int MostTest = 500;

    /// <summary>Fewest images that can be split: a part of fewer than ten tells nothing.</summary>
    public const int Fewest = 40;

    /// <summary>Splits one set: a quarter for figures and an eighth for choices, up to their limits, in turns over the classes so that each part has images of all.</summary>
    /// <param name="all">Every image that there is.</param>
    /// <param name="seed">Seed of the order within a class.</param>
    /// <exception cref="InvalidDataException">Too few images, or all of one class.</exception>
    public static ImageSplit Of(LabelledImages all, int seed)
    {
        Require(all);
        var mixed = Mixed(all, seed);
        var (test, validation) = (Math.Min(MostTest, mixed.Count / 4), Math.Min(MostValidation, mixed.Count / 8));
        return new ImageSplit(mixed.Slice(test + validation, mixed.Count - test - validation), mixed.Slice(test, validation), mixed.Slice(0, test));
    }

    /// <summary>Splits a set that has a test set of its own: choices are made on training images that the purifier does not learn from.</summary>
    /// <param name="training">The training set.</param>
    /// <param name="test">The test set; its first images are used.</param>
    /// <param name="seed">Seed of the order within a class.</param>
    /// <exception cref="InvalidDataException">Too few images, or all of one class.</exception>
    public static ImageSplit Of(LabelledImages training, LabelledImages test, int seed)
    {
        Require(training);
        var mixed = Mixed(training, seed);
        var validation = Math.Min(MostValidation, mixed.Count / 8);
        return new ImageSplit(mixed.Slice(validation, mixed.Count - validation), mixed.Slice(0, validation), test.Take(MostTest));
    }

    /// <summary>Numbers of the parts, as reports print them.</summary>
    public override string ToString() => $"{Training.Count} images for training, {Validation.Count} for choices, {Test.Count} for figures";

    private static void Require(LabelledImages images)
    {
        if (images.Count < Fewest)
            throw new InvalidDataException($"{images.Name}: {images.Count} images; at least {Fewest} are needed to learn from some and measure on others, and a few thousand are better.");
        if (images.Labels.IndexOfAnyExcept(images.Labels[0]) < 0)
            throw new InvalidDataException($"{images.Name}: all {images.Count} images are of the class '{images.ClassNames[images.Labels[0]]}'; an attack needs another class to lead to. Give a folder with one folder of images for each class.");
    }

    private static LabelledImages Mixed(LabelledImages images, int seed)
    {
        int[] order = [.. Enumerable.Range(0, images.Count)];
        new Random(seed).Shuffle(order);
        return images.Select(order).InTurns();
    }
}
