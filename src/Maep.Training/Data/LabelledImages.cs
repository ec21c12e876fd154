using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Data;

/// <summary>A data set in memory: 8-bit RGB images of one size, one class index each.</summary>
public sealed class LabelledImages
{
    private readonly byte[] _pixels;
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
        var bad = Array.FindIndex(labels, label => label < 0 || label >= classNames.Count);
        if (bad >= 0)
            throw new ArgumentException($"Label {labels[bad]} of image {bad} is outside 0..{classNames.Count - 1}.", nameof(labels));
        (Name, _pixels, _labels, Height, Width, ClassNames) = (name, pixels, labels, height, width, classNames);
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
        hash.AppendData(_pixels);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Class index of each image.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>Bytes of one image: planar R, G, B, rows first.</summary>
    public ReadOnlySpan<byte> Image(int index) => _pixels.AsSpan(index * ImageBytes, ImageBytes);

    private int ImageBytes => 3 * Height * Width;

    /// <summary>The first images of the set, or the set itself when it has no more than that.</summary>
    public LabelledImages Take(int count) => Slice(0, Math.Min(count, Count));

    /// <summary>A copy of consecutive images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie inside the set.</exception>
    public LabelledImages Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Count);
        if (count == Count)
            return this;
        var pixels = _pixels.AsSpan(start * ImageBytes, count * ImageBytes).ToArray();
        return new LabelledImages(Name, pixels, _labels[start..(start + count)], Height, Width, ClassNames);
    }

    /// <summary>Some of the images in another order, with other numbers for their classes.</summary>
    /// <param name="order">Index here of each image of the result.</param>
    /// <param name="label">Class name here to class index there; null keeps the numbers.</param>
    /// <param name="classNames">Class names there; null keeps those here.</param>
    /// <exception cref="ArgumentException">A label has no class there.</exception>
    public LabelledImages Select(IReadOnlyList<int> order, Func<string, int>? label = null, IReadOnlyList<string>? classNames = null)
    {
        var pixels = new byte[(long)order.Count * ImageBytes];
        for (var to = 0; to < order.Count; to++)
            Image(order[to]).CopyTo(pixels.AsSpan(to * ImageBytes));
        int[] labels = [.. order.Select(from => label is null ? _labels[from] : label(ClassNames[_labels[from]]))];
        return new LabelledImages(Name, pixels, labels, Height, Width, classNames ?? ClassNames);
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
    public Tensor PixelTensor() => tensor(_pixels, [Count, 3, Height, Width], dtype: ScalarType.Byte);

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
