using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using static Maep.Transforms.Tests.PurifierFixture;
using ColorsOrder = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorsOrder;

namespace Maep.Transforms.Tests;

/// <summary>Vectors of any order and range of ExtractPixels are purified as planar RGB in [0, 1] is.</summary>
public sealed class LayoutTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private const float Tolerance = 1e-5f;

    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<ColorsOrder, bool, float, float> Layouts => new()
    {
        { ColorsOrder.ARGB, false, 0, 1 / 255f },
        { ColorsOrder.ARGB, true, 0, 1 / 255f },
        { ColorsOrder.ABGR, true, 0, 1 },
        { ColorsOrder.ABRG, false, 127.5f, 1 / 127.5f },
        { ColorsOrder.AGBR, true, 117, 0.017f },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void ExtractPixels_with_any_arguments_is_purified_like_planar_RGB(ColorsOrder order, bool interleaved, float offset, float scale)
    {
        var plain = Pixels(ColorsOrder.ARGB, false, 0, 1 / 255f);
        var other = Pixels(order, interleaved, offset, scale);
        var expected = ReadVectors(_context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(plain).Transform(plain), "Purified");

        var layout = PixelLayout.FromExtractPixels(order, interleaved, offset, scale);
        var purified = ReadVectors(Purify(other, layout), "Purified");

        for (var row = 0; row < expected.Length; row++)
        {
            var planar = Planar(purified[row], $"{order}"[1..], interleaved).Select(value => ((value / scale) + offset) / 255f).ToArray();
            Assert.All(expected[row].Zip(planar), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }
    }

    [Fact]
    public void Values_normalised_per_colour_are_purified_like_those_that_are_not()
    {
        float[] mean = [0.485f, 0.456f, 0.406f], deviation = [0.229f, 0.224f, 0.225f];
        var rows = Vectors(7);
        var plain = _context.Data.LoadFromEnumerable(rows);
        var expected = ReadVectors(_context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(plain).Transform(plain), "Purified");
        var normalised = _context.Data.LoadFromEnumerable(rows.Select(row => new VectorRow { Pixels = Normalise(row.Pixels) }).ToList());

        var purified = ReadVectors(Purify(normalised, new PixelLayout { Mean = mean, StandardDeviation = deviation }), "Purified");

        Assert.All(expected.Zip(purified), pair => Assert.All(Normalise(pair.First).Zip(pair.Second), values => Assert.Equal(values.First, values.Second, Tolerance)));

        float[] Normalise(float[] pixels) => [.. pixels.Select((value, index) => (value - mean[index / (Size * Size)]) / deviation[index / (Size * Size)])];
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Any_layout_survives_save_and_load_bit_for_bit(ColorsOrder order, bool interleaved, float offset, float scale)
    {
        var data = Pixels(order, interleaved, offset, scale);
        using var transformer = _context.Transforms.PurifyAdversarial(Options(PixelLayout.FromExtractPixels(order, interleaved, offset, scale))).Fit(data);

        var loaded = SaveAndLoad(transformer);

        Assert.Equal(ReadVectors(transformer.Transform(data), "Purified"), ReadVectors(loaded.Transform(data), "Purified"));
    }

    [Fact]
    public void A_layout_out_of_range_lists_every_fault()
    {
        var layout = new PixelLayout { Mean = [0, 0], StandardDeviation = [1, 0, 1], Order = (ColorsOrder)77 };

        var error = Assert.Throws<ArgumentException>(() => _context.Transforms.PurifyAdversarial(Options(layout)));

        Assert.All(["Layout.Order 77", "Layout.Mean [0, 0]", "Layout.StandardDeviation [1, 0, 1]"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_old_operator_set_cannot_be_given_a_layout()
    {
        var old = new TinyPurifier { Opset = 12 }.Write(fixture.Folder, "old.onnx");
        var data = _context.Data.LoadFromEnumerable(Vectors(1));
        var estimator = _context.Transforms.PurifyAdversarial(Options(new PixelLayout { Order = ColorsOrder.ABGR }) with { ModelPath = old });

        Assert.Contains("operator set 12", Assert.Throws<InvalidDataException>(() => estimator.Fit(data)).Message, StringComparison.Ordinal);
    }

    private AdversarialPurifierOptions Options(PixelLayout layout) =>
        new() { ModelPath = fixture.Fixed, OutputColumnName = "Purified", InputColumnName = "Pixels", Layout = layout };

    /// <summary>Pixels of random images, read once: stock cursors dispose the images of an enumerable.</summary>
    private IDataView Pixels(ColorsOrder order, bool interleaved, float offset, float scale)
    {
        var images = _context.Data.LoadFromEnumerable(Images(9));
        return _context.Data.Cache(_context.Transforms.ExtractPixels("Pixels", "Image", ImagePixelExtractingEstimator.ColorBits.Rgb, order, interleaved, offset, scale)
            .Fit(images).Transform(images), "Pixels");
    }

    private IDataView Purify(IDataView data, PixelLayout layout) => _context.Transforms.PurifyAdversarial(Options(layout)).Fit(data).Transform(data);

    private static IEnumerable<float> Planar(float[] values, string letters, bool interleaved)
    {
        const int Plane = Size * Size;
        foreach (var colour in "RGB")
        {
            var position = letters.IndexOf(colour, StringComparison.Ordinal);
            for (var pixel = 0; pixel < Plane; pixel++)
            {
                yield return interleaved ? values[(3 * pixel) + position] : values[(position * Plane) + pixel];
            }
        }
    }
}
