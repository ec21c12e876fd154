using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Data;

/// <summary>A data set: 8-bit RGB images of one size, one class index each. Its pixels are in memory, or read image by image as they are asked for.</summary>
public sealed class LabelledImages
{
    private readonly Func<int, ReadOnlyMemory<byte>> _pixels;
    private readonly int[] _labels;

    /// <param name="name">What reports call the set, for example "cifar10-test".</param>
    /// <param name="pixels">N images one after the other, each planar R, G, B, rows first: N x 3 x height x width bytes.</param>
    /// <param name="labels">N class indices, each below the number of class names.</param>
    /// <param name="height">Rows of one image.</param>
    /// <param name="width">Columns of one image.</param>
    /// <param name="classNames">Name of each class, in index order.</param>
    /// <exception cref="ArgumentException">The pixel count does not match the labels and the size, or a label has no class.</exception>
    public LabelledImages(string name, byte[] pixels, int[] labels, int height, int width, IReadOnlyList<string> classNames)
    {
        var expected = (long)labels.Length * 3 * height * width;
        if (pixels.LongLength != expected)
            throw new ArgumentException($"{pixels.LongLength} pixel bytes given; {labels.Length} images of 3x{height}x{width} need {expected}.", nameof(pixels));
        RequireClasses(labels, classNames);
        (Name, _labels, Height, Width, ClassNames) = (name, labels, height, width, classNames);
        _pixels = image => pixels.AsMemory(image * ImageBytes, ImageBytes);
    }

    /// <summary>A set whose pixels stay where they are: no more than the images asked for are in memory, and each is read again whenever it is asked for.</summary>
    /// <param name="name">What reports call the set.</param>
    /// <param name="read">Pixels of the image at an index, planar R, G, B, rows first: 3 x height x width bytes, the same at every call.</param>
    /// <param name="labels">Class index of each image, below the number of class names.</param>
    /// <param name="height">Rows of one image.</param>
    /// <param name="width">Columns of one image.</param>
    /// <param name="classNames">Name of each class, in index order.</param>
    /// <exception cref="ArgumentException">A label has no class.</exception>
    public LabelledImages(string name, Func<int, ReadOnlyMemory<byte>> read, int[] labels, int height, int width, IReadOnlyList<string> classNames)
    {
        RequireClasses(labels, classNames);
        (Name, _pixels, _labels, Height, Width, ClassNames) = (name, read, labels, height, width, classNames);
    }

    private static void RequireClasses(int[] labels, IReadOnlyList<string> classNames)
    {
        var bad = Array.FindIndex(labels, label => label < 0 || label >= classNames.Count);
        if (bad >= 0)
            throw new ArgumentException($"Label {labels[bad]} of image {bad} is outside 0..{classNames.Count - 1}.", nameof(labels));
    }

    /// <summary>What reports call the set.</summary>
    public string Name { get; }

    /// <summary>Rows of one image.</summary>
    public int Height { get; }

    /// <summary>Columns of one image.</summary>
    public int Width { get; }

    /// <summary>Name of each class, in index order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>12 hexadecimal digits of the SHA-256 of sizes, labels and pixels: sets with one digest are the same, whatever they are called.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<int>([Height, Width, .. _labels]));
        for (var image = 0; image < Count; image++)
            hash.AppendData(Image(image));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Class index of each image.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>Bytes of one image: planar R, G, B, rows first. A set that is not in memory reads it anew.</summary>
    /// <exception cref="InvalidDataException">The image cannot be decoded, or has another size.</exception>
    public ReadOnlySpan<byte> Image(int index)
    {
        var pixels = _pixels(index);
        return pixels.Length == ImageBytes ? pixels.Span
            : throw new InvalidDataException($"{Name}: image {index} was read as {pixels.Length} bytes; 3x{Height}x{Width} has {ImageBytes}.");
    }

    private int ImageBytes => 3 * Height * Width;

    /// <summary>The first images of the set, or the set itself when it has no more than that.</summary>
    public LabelledImages Take(int count) => Slice(0, Math.Min(count, Count));

    /// <summary>Consecutive images, without a copy of their pixels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie inside the set.</exception>
    public LabelledImages Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Count);
        if (count == Count)
            return this;
        return new LabelledImages(Name, image => _pixels(start + image), _labels[start..(start + count)], Height, Width, ClassNames);
    }

    /// <summary>Some of the images in another order, with other numbers for their classes and without a copy of their pixels.</summary>
    /// <param name="order">Index here of each image of the result.</param>
    /// <param name="label">Class name here to class index there; null keeps the numbers.</param>
    /// <param name="classNames">Class names there; null keeps those here.</param>
    /// <exception cref="ArgumentException">A label has no class there.</exception>
    public LabelledImages Select(IReadOnlyList<int> order, Func<string, int>? label = null, IReadOnlyList<string>? classNames = null)
    {
        int[] labels = [.. order.Select(from => label is null ? _labels[from] : label(ClassNames[_labels[from]]))];
        return new LabelledImages(Name, image => _pixels(order[image]), labels, Height, Width, classNames ?? ClassNames);
    }

    /// <summary>The same images in turns over the classes, so that the first are of as many classes as they can be.</summary>
    /// <param name="label">As for <see cref="Select"/>.</param>
    /// <param name="classNames">As for <see cref="Select"/>.</param>
    public LabelledImages InTurns(Func<string, int>? label = null, IReadOnlyList<string>? classNames = null)
    {
        var turn = new int[ClassNames.Count];
        int[] turns = [.. _labels.Select(own => turn[own]++)];
        return Select([.. Enumerable.Range(0, Count).OrderBy(image => turns[image]).ThenBy(image => image)], label, classNames);
    }

    /// <summary>All images as bytes; the caller disposes the tensor.</summary>
    /// <returns>[N, 3, H, W], uint8.</returns>
    /// <exception cref="InvalidDataException">The images are too many pixels for one tensor, or one of them cannot be read.</exception>
    public Tensor PixelTensor()
    {
        if ((long)Count * ImageBytes > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"{Name}: {Count} images of 3x{Height}x{Width} need {(long)Count * ImageBytes} bytes together, but at most {Array.MaxLength} are held at a time; use {Array.MaxLength / ImageBytes} images or fewer, or a smaller size.");
        }
        var all = empty([Count, 3, Height, Width], dtype: ScalarType.Byte);
        try
        {
            for (var image = 0; image < Count; image++)
                Image(image).CopyTo(all.bytes[(image * ImageBytes)..]);
            return all;
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }

    /// <summary>All labels; the caller disposes the tensor.</summary>
    /// <returns>[N], int64 class indices.</returns>
    public Tensor LabelTensor() => tensor(Array.ConvertAll(_labels, label => (long)label), dtype: ScalarType.Int64);

    /// <summary>Consecutive batches in order; the caller disposes both tensors.</summary>
    /// <returns>Images [N, 3, H, W] in [0, 1] and labels [N], int64.</returns>
    public IEnumerable<(Tensor Images, Tensor Labels)> Batches(int batchSize)
    {
        for (var start = 0; start < Count; start += batchSize)
        {
            var part = Slice(start, Math.Min(batchSize, Count - start));
            using var bytes = part.PixelTensor();
            yield return (ToUnitRange(bytes), part.LabelTensor());
        }
    }

    /// <summary>8-bit pixels as floats in [0, 1].</summary>
    public static Tensor ToUnitRange(Tensor bytes)
    {
        using var floats = bytes.to(ScalarType.Float32);
        return floats.div(255);
    }
}
