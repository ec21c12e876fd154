using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>A purifier that leaves [0, 1] is clamped, with one warning; one that gives no number at all is an error that names it.</summary>
public sealed class ColourRangeTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<float, float> Excesses => new() { { 1.01f, 0 }, { 1, -0.2f }, { 3, -1 } };

    [Theory]
    [MemberData(nameof(Excesses))]
    public void Images_are_clamped_as_the_saved_chain_clamps_them(float gain, float offset)
    {
        var model = Excessive(gain, offset);
        IDataView Data() => _context.Data.LoadFromEnumerable([White(), .. Images(4)]);
        var data = Data();
        using var transformer = _context.Transforms.PurifyAdversarial("Purified", "Image", model).Fit(data);
        var originals = ReadImages(Data(), "Image");

        var purified = ReadImages(transformer.Transform(data), "Purified");

        for (var image = 0; image < purified.Count; image++)
        {
            // Images of an odd number are RGBA, purified ones BGRA.
            var isRgba = image > 0 && (image - 1) % 2 == 1;
            for (var k = 0; k < purified[image]!.Length; k++)
            {
                var source = k % 4 == 3 || !isRgba ? k : k - (k % 4) + 2 - (k % 4);
                var expected = k % 4 == 3 ? originals[image]![k] : Math.Clamp((gain * originals[image]![source]) + (255 * offset), 0, 255);
                Assert.Equal(expected, purified[image]![k], 0.51);
            }
        }
        Assert.Equal(purified, ReadImages(SaveAndLoad(transformer).Transform(Data()), "Purified"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Vectors_are_clamped_in_the_range_of_their_layout_as_the_saved_chain_clamps_them(bool interleaved, bool normalised)
    {
        float[] mean = normalised ? [0.485f, 0.456f, 0.406f] : [0, 0, 0], deviation = normalised ? [0.229f, 0.224f, 0.225f] : [1, 1, 1];
        var layout = new PixelLayout { Interleaved = interleaved, Mean = mean, StandardDeviation = deviation, Order = ImagePixelExtractingEstimator.ColorsOrder.ABGR };
        var colours = Vectors(5);
        var rows = colours.Select(row => new VectorRow { Id = row.Id, Pixels = [.. row.Pixels.Select((value, k) => (value - mean[Colour(k)]) / deviation[Colour(k)])] }).ToList();
        var options = new AdversarialPurifierOptions { ModelPath = Excessive(3, -1), OutputColumnName = "Purified", InputColumnName = "Pixels", Layout = layout };
        var definition = SchemaDefinition.Create(typeof(VectorRow));
        definition["Pixels"].ColumnType = interleaved ? new VectorDataViewType(NumberDataViewType.Single, Size, Size, 3) : new VectorDataViewType(NumberDataViewType.Single, 3, Size, Size);
        var data = _context.Data.LoadFromEnumerable(rows, definition);
        using var transformer = _context.Transforms.PurifyAdversarial(options).Fit(data);

        var purified = ReadVectors(transformer.Transform(data), "Purified");

        foreach (var (row, vector) in colours.Zip(purified))
        {
            Assert.All(Enumerable.Range(0, Length), k =>
                Assert.Equal((Math.Clamp((3 * row.Pixels[k]) - 1, 0, 1) - mean[Colour(k)]) / deviation[Colour(k)], vector[k], 1e-5f));
        }
        var loaded = SaveAndLoad(transformer);
        Assert.Equal(purified, ReadVectors(loaded.Transform(data), "Purified"));
        Assert.Equal(purified, ReadVectors(PurifiedPipeline.Optimize(_context, loaded).Transform(data), "Purified"));

        // Colour of value k of a vector in the order blue, green, red.
        int Colour(int k) => 2 - (interleaved ? k % 3 : k / (Size * Size));
    }

    [Fact]
    public void The_log_says_once_that_values_were_clamped()
    {
        var (context, warnings) = Logged();
        var data = context.Data.LoadFromEnumerable(Vectors(40));
        using var transformer = context.Transforms.PurifyAdversarial("Purified", "Pixels", Excessive(1.5f, 0), batchSize: 4).Fit(data);

        ReadVectors(transformer.Transform(data), "Purified");
        ReadVectors(transformer.Transform(data), "Purified");

        var warning = Assert.Single(warnings);
        Assert.Contains("excessive", warning, StringComparison.Ordinal);
        Assert.Contains("clamped", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_said_of_a_purifier_that_keeps_the_range()
    {
        var (context, warnings) = Logged();
        var data = context.Data.LoadFromEnumerable(Vectors(4));
        using var transformer = context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data);

        ReadVectors(transformer.Transform(data), "Purified");

        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void A_value_that_is_not_finite_names_the_file_the_column_the_row_and_the_value(float gain, string value)
    {
        var model = new TinyPurifier { Blurs = false, Gain = gain, Offset = 0, Clamps = false }.Write(fixture.Folder, $"broken-{value}.onnx");
        var rows = Vectors(3);
        rows[0].Pixels = [.. Enumerable.Repeat(0.5f, Length)];
        var data = _context.Data.LoadFromEnumerable(rows);
        using var transformer = _context.Transforms.PurifyAdversarial("Purified", "Pixels", model).Fit(data);
        var row = White();
        row.Image.Tag = "white.png";
        var images = _context.Data.LoadFromEnumerable([row]);
        using var ofImages = _context.Transforms.PurifyAdversarial("Purified", "Image", model).Fit(images);

        var vector = Assert.Throws<InvalidDataException>(() => ReadVectors(transformer.Transform(data), "Purified")).Message;
        var image = Assert.Throws<InvalidDataException>(() => ReadImages(ofImages.Transform(images), "Purified")).Message;

        Assert.All([vector, image], message => Assert.StartsWith(model, message, StringComparison.Ordinal));
        Assert.Contains($"{value} for row 0 of column 'Pixels'", vector, StringComparison.Ordinal);
        Assert.Contains($"{value} for row 0 ('white.png') of column 'Image'", image, StringComparison.Ordinal);
    }

    private string Excessive(float gain, float offset) => new TinyPurifier { Blurs = false, Gain = gain, Offset = offset, Clamps = false }.Write(fixture.Folder, $"excessive-{Guid.NewGuid():N}.onnx");

    private static ImageRow White() => new() { Image = MLImage.CreateFromPixels(Size, Size, MLPixelFormat.Bgra32, [.. Enumerable.Repeat((byte)255, 4 * Size * Size)]) };

    private static (MLContext Context, List<string> Warnings) Logged()
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, entry) =>
        {
            if (entry.Kind == ChannelMessageKind.Warning)
            {
                warnings.Add(entry.Message);
            }
        };
        return (context, warnings);
    }
}
