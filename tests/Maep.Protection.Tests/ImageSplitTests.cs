using Maep.Training.Data;

namespace Maep.Protection.Tests;

public sealed class ImageSplitTests
{
    [Theory]
    [InlineData(40, 25, 5, 10)]
    [InlineData(400, 250, 50, 100)]
    [InlineData(8000, 7300, 200, 500)]
    public void The_parts_share_no_image_and_hold_them_all(int count, int training, int validation, int test)
    {
        var split = ImageSplit.Of(Numbered(count, classes: 3), seed: 1);

        Assert.Equal((training, validation, test), (split.Training.Count, split.Validation.Count, split.Test.Count));
        Assert.Equal(Enumerable.Range(0, count), Numbers(split.Training).Concat(Numbers(split.Validation)).Concat(Numbers(split.Test)).Order());
        Assert.All([split.Training, split.Validation, split.Test], part => Assert.Equal(3, part.Labels.ToArray().Distinct().Count()));
    }

    [Fact]
    public void A_set_with_a_test_set_keeps_it_for_figures()
    {
        var split = ImageSplit.Of(Numbered(400, classes: 2), Numbered(700, classes: 2), seed: 1);

        Assert.Equal(Enumerable.Range(0, 500), Numbers(split.Test));
        Assert.Equal(Enumerable.Range(0, 400), Numbers(split.Training).Concat(Numbers(split.Validation)).Order());
    }

    [Theory]
    [InlineData(3, 2, "3 images; at least 40")]
    [InlineData(100, 1, "all 100 images are of the class 'c0'")]
    public void Images_that_cannot_be_split_are_refused(int count, int classes, string words)
    {
        var fault = Assert.Throws<InvalidDataException>(() => ImageSplit.Of(Numbered(count, classes), seed: 1));

        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    // An image is its number in two bytes.
    private static LabelledImages Numbered(int count, int classes)
    {
        byte[] pixels = [.. Enumerable.Range(0, count).SelectMany(image => new byte[] { (byte)(image / 256), (byte)(image % 256), 0 })];
        return new LabelledImages("numbers", pixels, [.. Enumerable.Range(0, count).Select(image => image % classes)], 1, 1, [.. Enumerable.Range(0, classes).Select(index => $"c{index}")]);
    }

    private static IEnumerable<int> Numbers(LabelledImages part) => Enumerable.Range(0, part.Count).Select(image => (part.Image(image)[0] * 256) + part.Image(image)[1]);
}
