using System.Globalization;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>What an <see cref="IImagePurifier"/> makes of images. Every purified image passes here: one that is no picture would be counted as a wrong answer of the classifier.</summary>
public static class PurifiedImages
{
    private const float HalfGreyLevel = 0.5f / 255;

    /// <summary>The purified images, checked, under the names of the images.</summary>
    /// <param name="purifier">The purifier.</param>
    /// <param name="images">Images of its size.</param>
    /// <param name="cut">How many of them left [0, 1] by more than half a grey level; their values are cut to it, as those of any picture are.</param>
    /// <exception cref="InvalidDataException">Another number of images or of values, or a value that is no finite number; the message names the purifier, the image and the value.</exception>
    public static IReadOnlyList<ClassifierInput> Purified(this IImagePurifier purifier, IReadOnlyList<ClassifierInput> images, out int cut)
    {
        var purified = purifier.Purify([.. images.Select(image => image.Pixels)]);
        if (purified.Count != images.Count)
            throw new InvalidDataException($"{purifier.Name}: {purified.Count} purified images of {images.Count}; a purifier gives one for each.");
        for (var image = 0; image < images.Count; image++)
            Check(purifier, images, purified[image], image);
        cut = purified.Count(pixels => Array.Exists(pixels, value => value < -HalfGreyLevel || value > 1 + HalfGreyLevel));
        return [.. purified.Zip(images, (pixels, image) => new ClassifierInput(Array.ConvertAll(pixels, value => Math.Clamp(value, 0, 1)), image.Name))];
    }

    private static void Check(IImagePurifier purifier, IReadOnlyList<ClassifierInput> images, float[] pixels, int image)
    {
        if (pixels.Length != images[image].Pixels.Length)
            throw new InvalidDataException($"{purifier.Name}: {pixels.Length} values of {ImageClassifierAnswers.NameOf(images, image)}, which has {images[image].Pixels.Length}; a purifier keeps the size of an image.");
        var wrong = Array.FindIndex(pixels, value => !float.IsFinite(value));
        if (wrong >= 0)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{purifier.Name}: value {wrong} of the purified {ImageClassifierAnswers.NameOf(images, image)} is {pixels[wrong]}; purified images are finite, in [0, 1]. Check the weights of the purifier, and export or train it again."));
    }
}
