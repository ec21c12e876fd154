using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Maep.Training.Data;

namespace Maep.Training.Tests.Data;

public sealed class LabelledImagesTests
{
    private const int Side = 224;
    private const int ImageBytes = 3 * Side * Side;

    private readonly List<int> _read = [];

    [Fact]
    public void A_set_that_is_larger_than_an_array_is_read_image_by_image()
    {
        var samples = Large().InTurns().Take(10);

        using var pixels = samples.PixelTensor();

        Assert.Equal([10, 3, Side, Side], pixels.shape);
        Assert.Equal([.. Enumerable.Range(0, 10).Select(image => 1440 * image)], _read); // the first of each class
        Assert.Equal([.. Enumerable.Range(0, 10).Select(image => (byte)(1440 * image))], Enumerable.Range(0, 10).Select(image => pixels.bytes[image * ImageBytes]));
    }

    [Fact]
    public void More_images_together_than_one_tensor_holds_are_refused_with_the_number_that_fits()
    {
        var error = Assert.Throws<InvalidDataException>(() => Large().PixelTensor());

        Assert.Equal("large: 14400 images of 3x224x224 need 2167603200 bytes together, but at most 2147483591 are held at a time; use 14266 images or fewer, or a smaller size.", error.Message);
        Assert.Empty(_read);
    }

    [Fact]
    public void Batches_read_each_image_once_and_hold_no_more_than_their_own()
    {
        foreach (var (images, labels) in Large().Slice(1435, 10).Batches(4))
        {
            Assert.True(images.shape[0] <= 4);
            images.Dispose();
            labels.Dispose();
        }

        Assert.Equal([.. Enumerable.Range(1435, 10)], _read);
    }

    [Fact]
    public void The_digest_is_that_of_sizes_labels_and_pixels_wherever_they_are()
    {
        byte[] pixels = [.. Enumerable.Range(0, 36).Select(value => (byte)(7 * value))];
        var inMemory = new LabelledImages("memory", pixels, [1, 0, 1], 2, 2, ["a", "b"]);
        var elsewhere = new LabelledImages("elsewhere", image => pixels.AsMemory(12 * image, 12), [1, 0, 1], 2, 2, ["a", "b"]);

        // As records and state files of earlier versions have it.
        var expected = Convert.ToHexStringLower(SHA256.HashData([.. MemoryMarshal.AsBytes<int>([2, 2, 1, 0, 1]), .. pixels]))[..12];

        Assert.Equal((expected, expected), (inMemory.Digest(), elsewhere.Digest()));
        Assert.Equal(inMemory.Slice(1, 2).Digest(), elsewhere.Select([1, 2]).Digest());
    }

    [Fact]
    public void An_image_of_another_length_is_refused()
    {
        var set = new LabelledImages("short", _ => new byte[11], [0], 2, 2, ["a"]);

        var error = Assert.Throws<InvalidDataException>(() => set.PixelTensor());

        Assert.Contains("image 0 was read as 11 bytes; 3x2x2 has 12", error.Message, StringComparison.Ordinal);
    }

    // 14,400 images of ten classes, one class after the other, in one colour each.
    private LabelledImages Large() => new("large", image =>
    {
        _read.Add(image);
        var pixels = new byte[ImageBytes];
        Array.Fill(pixels, (byte)image);
        return pixels;
    }, [.. Enumerable.Range(0, 14_400).Select(image => image / 1440)], Side, Side, [.. Enumerable.Range(0, 10).Select(label => $"{label}")]);
}
