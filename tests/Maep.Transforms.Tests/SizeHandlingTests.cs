using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>Images of another size than the purifier's: refused, resized or tiled.</summary>
public sealed class SizeHandlingTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private const int Size = PurifierFixture.Size;

    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(ImageResizingEstimator.ResizingKind.IsoCrop)]
    [InlineData(ImageResizingEstimator.ResizingKind.IsoPad)]
    [InlineData(ImageResizingEstimator.ResizingKind.Fill)]
    public void Resize_gives_what_ResizeImages_before_the_purifier_gives_and_keeps_the_original(ImageResizingEstimator.ResizingKind kind)
    {
        int[] sizes = [40, 32, 7, 100];
        var data = Files(sizes);
        var stock = _context.Transforms.LoadImages("Image", "", "Path")
            .Append(_context.Transforms.ResizeImages("Sized", Size, Size, "Image", kind))
            .Append(_context.Transforms.PurifyAdversarial("Purified", "Sized", fixture.Fixed)).Fit(data).Transform(data);

        var model = _context.Transforms.LoadImages("Image", "", "Path")
            .Append(_context.Transforms.PurifyAdversarial(Options(SizeHandling.Resize) with { Resizing = kind })).Fit(data);
        var own = model.Transform(data);

        var type = Assert.IsType<ImageDataViewType>(own.Schema["Purified"].Type);
        Assert.Equal((Size, Size), (type.Height, type.Width));
        Assert.Equal(ReadImages(stock, "Purified"), ReadImages(own, "Purified"));
        Assert.Equal([.. sizes.Select(size => 4 * size * size)], ReadImages(own, "Image").Select(bytes => bytes!.Length));
        Assert.Equal(ReadImages(own, "Purified"), ReadImages(SaveAndLoad(model).Transform(data), "Purified"));
    }

    [Fact]
    public void Resize_takes_a_column_of_another_known_size()
    {
        var data = Files([48, 60]);
        var sized = _context.Transforms.LoadImages("Image", "", "Path").Append(_context.Transforms.ResizeImages("Image", 48, 48)).Fit(data).Transform(data);
        var transformer = _context.Transforms.PurifyAdversarial(Options(SizeHandling.Resize)).Fit(sized);

        var purified = ReadImages(transformer.Transform(sized), "Purified");

        Assert.All(purified, image => Assert.Equal(4 * Size * Size, image!.Length));
        Assert.Equal(purified, ReadImages(SaveAndLoad(transformer).Transform(sized), "Purified"));
    }

    [Theory]
    [InlineData(32, 64, 0)]
    [InlineData(70, 50, 4)]
    [InlineData(20, 45, 8)]
    public void Tiles_of_a_purifier_that_changes_each_pixel_alone_leave_no_seam(int height, int width, int overlap)
    {
        var pointwise = new TinyPurifier { Blurs = false }.Write(fixture.Folder, $"pointwise-{height}.onnx");
        var data = Sized(height, width);
        var options = Options(SizeHandling.Tile) with { ModelPath = pointwise, TileOverlap = overlap };

        using var transformer = _context.Transforms.PurifyAdversarial(options).Fit(data);
        var purified = ReadImages(transformer.Transform(data), "Purified");

        foreach (var (original, image) in ReadImages(data, "Image").Zip(purified))
        {
            Assert.Equal(original!.Length, image!.Length);
            // clip(0.9 x + 0.03, 0, 1) on bytes; one grey level for rounding after blending.
            Assert.All(Enumerable.Range(0, original.Length).Where(index => index % 4 != 3),
                index => Assert.InRange(image[index], (0.9f * original[index]) + 7.65f - 1, (0.9f * original[index]) + 7.65f + 1));
        }
        Assert.Equal(purified, ReadImages(SaveAndLoad(transformer).Transform(data), "Purified"));
    }

    [Fact]
    public void Tiles_side_by_side_are_what_the_purifier_makes_of_each()
    {
        var data = Sized(Size, 2 * Size);
        using var transformer = _context.Transforms.PurifyAdversarial(Options(SizeHandling.Tile) with { TileOverlap = 0 }).Fit(data);
        var type = Assert.IsType<ImageDataViewType>(transformer.Transform(data).Schema["Purified"].Type);
        var whole = ReadImages(transformer.Transform(data), "Purified");
        var halves = ReadImages(data, "Image").SelectMany(bytes => new[] { Half(bytes!, 0), Half(bytes!, 1) })
            .Select(bytes => new ImageRow { Image = MLImage.CreateFromPixels(Size, Size, MLPixelFormat.Bgra32, bytes) }).ToList();
        var rows = _context.Data.LoadFromEnumerable(halves);

        var parts = ReadImages(_context.Transforms.PurifyAdversarial("Purified", "Image", fixture.Fixed).Fit(rows).Transform(rows), "Purified");

        Assert.Equal((Size, 2 * Size), (type.Height, type.Width));
        Assert.Equal(parts, whole.SelectMany(bytes => new[] { Half(bytes!, 0), Half(bytes!, 1) }));

        static byte[] Half(byte[] bytes, int side) =>
            [.. Enumerable.Range(0, Size).SelectMany(row => bytes.AsSpan(4 * ((row * 2 * Size) + (side * Size)), 4 * Size).ToArray())];
    }

    [Fact]
    public void Tiles_work_on_vectors_too()
    {
        var data = Sized(70, 50);
        var pixels = _context.Transforms.ExtractPixels("Pixels", "Image", interleavePixelColors: true, scaleImage: 1 / 255f).Fit(data).Transform(data);
        var options = Options(SizeHandling.Tile) with { InputColumnName = "Pixels", Layout = new PixelLayout { Interleaved = true } };
        using var images = _context.Transforms.PurifyAdversarial(Options(SizeHandling.Tile)).Fit(data);

        using var transformer = _context.Transforms.PurifyAdversarial(options).Fit(pixels);

        var vectors = ReadVectors(transformer.Transform(pixels), "Purified");
        Assert.All(ReadImages(images.Transform(data), "Purified").Zip(vectors), pair =>
            Assert.All(Enumerable.Range(0, 70 * 50), pixel => Assert.Equal(pair.First![4 * pixel], pair.Second[(3 * pixel) + 2] * 255, 0.51f)));
    }

    [Fact]
    public void Tiling_needs_a_known_size()
    {
        var data = Files([40]);
        var loaded = _context.Transforms.LoadImages("Image", "", "Path").Fit(data).Transform(data);

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.PurifyAdversarial(Options(SizeHandling.Tile)).Fit(loaded));

        Assert.Contains("put ResizeImages before the purifier", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_an_overlap_of_four_the_weights_rise_and_fall_by_fifths()
    {
        var axis = new TileAxis(28, 16, 4); // tiles from 0 and from 12
        var (weights, columns) = (axis.Blending(), 32);

        Assert.Equal(2, axis.Count);
        for (var shared = 0; shared < 4; shared++)
        {
            var row = weights.AsSpan((12 + shared) * columns, columns);
            Assert.Equal((4 - shared) / 5f, row[12 + shared], 1e-6f);
            Assert.Equal((1 + shared) / 5f, row[16 + shared], 1e-6f);
        }
    }

    [Fact]
    public void Weights_of_tiles_sum_to_one_and_reach_every_pixel() => Gen.Select(Gen.Int[1, 300], Gen.Int[2, 40], Gen.Int[0, 20]).Sample((length, tile, overlap) =>
    {
        var axis = new TileAxis(length, tile, Math.Min(overlap, tile / 2));
        var (indices, weights) = (axis.Indices(), axis.Blending());
        Assert.Equal(axis.Count * tile, indices.Length);
        for (var pixel = 0; pixel < length; pixel++)
        {
            var row = weights.AsSpan(pixel * indices.Length, indices.Length).ToArray();
            Assert.Equal(1, row.Sum(), 1e-5f);
            Assert.All(Enumerable.Range(0, row.Length).Where(column => row[column] > 0), column => Assert.Equal(pixel, indices[column]));
        }
    }, iter: 200);

    private AdversarialPurifierOptions Options(SizeHandling handling) =>
        new() { ModelPath = fixture.Fixed, OutputColumnName = "Purified", InputColumnName = "Image", SizeHandling = handling };

    private IDataView Sized(int height, int width)
    {
        var data = Files([width + 3, height + width]);
        return _context.Transforms.LoadImages("Image", "", "Path").Append(_context.Transforms.ResizeImages("Image", width, height)).Fit(data).Transform(data);
    }

    private IDataView Files(int[] sizes) => _context.Data.LoadFromEnumerable(sizes.Select(size =>
    {
        using var image = RandomImage(new Random(size), size);
        var path = fixture.NewPath(".png");
        image.Save(path);
        return new PathRow { Path = path };
    }).ToList());
}
