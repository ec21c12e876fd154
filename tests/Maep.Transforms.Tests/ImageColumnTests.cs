using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

public sealed class ImageColumnTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private readonly MLContext _context = new(seed: 1);

    private AdversarialPurifierOptions Options(int batchSize = 16) =>
        new() { ModelPath = fixture.Fixed, OutputColumnName = "Purified", InputColumnName = "Image", BatchSize = batchSize };

    [Fact]
    public void Images_and_vectors_are_purified_alike()
    {
        var data = _context.Data.LoadFromEnumerable(Images(20));
        var pipeline = _context.Transforms.ExtractPixels("Pixels", "Image", scaleImage: 1 / 255f)
            .Append(_context.Transforms.PurifyAdversarial("Vector", "Pixels", fixture.Fixed));
        var vectors = ReadVectors(pipeline.Fit(data).Transform(data), "Vector");
        data = _context.Data.LoadFromEnumerable(Images(20));

        var view = _context.Transforms.PurifyAdversarial(Options()).Fit(data).Transform(data);
        var images = ReadImages(view, "Purified");

        for (var row = 0; row < images.Count; row++)
        {
            for (var pixel = 0; pixel < Size * Size; pixel++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    Assert.Equal((byte)Math.Round(255.0f * vectors[row][channel * Size * Size + pixel]), images[row]![4 * pixel + 2 - channel]);
                }
            }
        }
        Assert.Equal(new ImageDataViewType(Size, Size), view.Schema["Purified"].Type);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(64)]
    public void Batch_size_changes_neither_pixels_nor_order_nor_the_original_images(int batchSize)
    {
        var rows = Images(50, alpha: null);
        List<byte[]?> originals = [.. rows.Select(row => row.Image.Pixels.ToArray())];
        var reference = _context.Data.LoadFromEnumerable(Images(50, alpha: null));
        var expected = ReadImages(_context.Transforms.PurifyAdversarial(Options(3)).Fit(reference).Transform(reference), "Purified");
        var data = _context.Data.LoadFromEnumerable(rows);

        var view = _context.Transforms.PurifyAdversarial(Options(batchSize)).Fit(data).Transform(data);

        Assert.Equal(expected, ReadImages(view, "Purified"));
        Assert.Equal(originals, ReadImages(view, "Image"));
        Assert.All(rows, row => Assert.Equal(Size, row.Image.Width));
    }

    [Fact]
    public void Alpha_and_tag_stay_and_a_missing_image_stays_missing()
    {
        var rows = Images(5, alpha: null);
        rows[0].Image.Tag = "first";
        rows[2].Image = null!;
        var alphas = rows.Select(row => row.Image is null ? null : Alpha(row.Image.Pixels.ToArray())).ToList();
        var data = _context.Data.LoadFromEnumerable(rows);

        var tags = new List<string?>();
        var images = ReadImages(_context.Transforms.PurifyAdversarial(Options()).Fit(data).Transform(data), "Purified", tags);

        Assert.Equal(alphas, images.Select(Alpha));
        Assert.Null(images[2]);
        Assert.Equal("first", tags[0]);
    }

    [Fact]
    public void Files_loaded_and_resized_are_purified_whatever_the_batch_size()
    {
        var random = new Random(3);
        var paths = Enumerable.Range(0, 20).Select(id =>
        {
            using var image = RandomImage(random, id % 2 == 0 ? Size : Size + 9);
            var path = fixture.NewPath($"{id}.png");
            image.Save(path);
            return new PathRow { Path = path };
        }).ToList();
        var data = _context.Data.LoadFromEnumerable(paths);

        var results = new[] { 1, 16 }.Select(batchSize =>
        {
            var pipeline = _context.Transforms.LoadImages("Image", imageFolder: "", "Path")
                .Append(_context.Transforms.ResizeImages("Image", Size, Size))
                .Append(_context.Transforms.PurifyAdversarial(Options(batchSize)))
                .Append(_context.Transforms.ExtractPixels("After", "Purified"))
                .Append(_context.Transforms.ExtractPixels("Before", "Image"));
            var view = pipeline.Fit(data).Transform(data);
            return (After: ReadVectors(view, "After"), Before: ReadVectors(view, "Before"));
        }).ToList();

        Assert.Equal(results[0].After, results[1].After);
        Assert.Equal(results[0].Before, results[1].Before);
        Assert.NotEqual(results[0].Before, results[0].After);
        Assert.Equal(20, results[0].After.Select(row => row[0] + 1000 * row[500]).Distinct().Count());
    }

    [Fact]
    public void An_image_of_another_size_is_refused_with_both_sizes()
    {
        using var image = RandomImage(new Random(1), size: 48);
        var path = fixture.NewPath(".png");
        image.Save(path);
        var data = _context.Data.LoadFromEnumerable(new[] { new PathRow { Path = path } });
        var pipeline = _context.Transforms.LoadImages("Image", imageFolder: "", "Path").Append(_context.Transforms.PurifyAdversarial(Options()));
        var view = pipeline.Fit(data).Transform(data);

        var error = Assert.ThrowsAny<InvalidOperationException>(() => ReadImages(view, "Purified"));

        Assert.Contains("'Image' has an image of 48x48", error.Message, StringComparison.Ordinal);
        Assert.Contains("purifies 32x32", error.Message, StringComparison.Ordinal);
        Assert.Contains("ResizeImages", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_dynamic_size_takes_the_size_of_the_column()
    {
        var data = _context.Data.LoadFromEnumerable(Images(5));
        var expected = ReadImages(_context.Transforms.PurifyAdversarial(Options()).Fit(data).Transform(data), "Purified");
        var options = Options() with { ModelPath = fixture.Dynamic };

        var same = _context.Transforms.PurifyAdversarial(options).Fit(data).Transform(data);
        var larger = _context.Transforms.ResizeImages("Image", 48, 40).Append(_context.Transforms.PurifyAdversarial(options)).Fit(data).Transform(data);

        Assert.Equal(expected, ReadImages(same, "Purified"));
        Assert.Equal(new ImageDataViewType(40, 48), larger.Schema["Purified"].Type);
        Assert.All(ReadImages(larger, "Purified"), pixels => Assert.Equal(4 * 40 * 48, pixels!.Length));
    }

    private static byte[]? Alpha(byte[]? pixels) => pixels is null ? null : [.. pixels.Where((_, index) => index % 4 == 3)];
}
