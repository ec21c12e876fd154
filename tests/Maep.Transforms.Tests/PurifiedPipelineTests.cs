using Microsoft.ML;
using Microsoft.ML.Data;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>A loaded model is purified in batches again after <see cref="PurifiedPipeline.Optimize"/>, with the same output.</summary>
public sealed class PurifiedPipelineTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void A_pipeline_of_images_and_vectors_gives_the_same_bits_from_batches()
    {
        // Stock cursors dispose the images of an enumerable, so each pass gets its own.
        IDataView Data() => _context.Data.LoadFromEnumerable(Images(20, alpha: null));
        var pipeline = _context.Transforms.PurifyAdversarial("Purified", "Image", fixture.Fixed)
            .Append(_context.Transforms.ExtractPixels("Pixels", "Purified", interleavePixelColors: true))
            .Append(_context.Transforms.PurifyAdversarial(new AdversarialPurifierOptions
            {
                ModelPath = fixture.Dynamic,
                OutputColumnName = "Again",
                InputColumnName = "Pixels",
                Layout = PixelLayout.FromExtractPixels(interleavePixelColors: true),
            }));
        var loaded = SaveAndLoad(pipeline.Fit(Data()));
        var expected = ReadVectors(loaded.Transform(Data()), "Again");

        var optimized = PurifiedPipeline.Optimize(_context, loaded, batchSize: 8);

        Assert.Equal(2, Parts(optimized).OfType<AdversarialPurifyingTransformer>().Count());
        Assert.Equal(expected, ReadVectors(optimized.Transform(Data()), "Again"));
        Assert.Equal("tiny", Parts(optimized).OfType<AdversarialPurifyingTransformer>().First().ModelMetadata["maep.name"]);
        (optimized as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData(SizeHandling.Resize)]
    [InlineData(SizeHandling.Tile)]
    public void Sizes_are_handled_as_before_and_the_result_can_be_saved_again(SizeHandling handling)
    {
        IDataView Sized()
        {
            var data = _context.Data.LoadFromEnumerable(Images(6));
            return _context.Transforms.ResizeImages("Image", 50, 41).Fit(data).Transform(data);
        }
        var options = new AdversarialPurifierOptions { ModelPath = fixture.Fixed, OutputColumnName = "Image", SizeHandling = handling };
        var loaded = SaveAndLoad(_context.Transforms.PurifyAdversarial(options).Fit(Sized()));
        var expected = ReadImages(loaded.Transform(Sized()), "Image");

        var optimized = PurifiedPipeline.Optimize(_context, loaded);

        Assert.Equal(expected, ReadImages(optimized.Transform(Sized()), "Image"));
        Assert.Equal(expected, ReadImages(PurifiedPipeline.Optimize(_context, SaveAndLoad(optimized)).Transform(Sized()), "Image"));
    }

    [Fact]
    public void An_image_of_a_size_that_the_column_does_not_tell_is_refused_again()
    {
        using var image = RandomImage(new Random(1), size: 40);
        var path = fixture.NewPath(".png");
        image.Save(path);
        var data = _context.Data.LoadFromEnumerable([new PathRow { Path = path }]);
        var pipeline = _context.Transforms.LoadImages("Image", "", "Path").Append(_context.Transforms.PurifyAdversarial("Image", null, fixture.Fixed));
        var optimized = PurifiedPipeline.Optimize(_context, SaveAndLoad(pipeline.Fit(data)));

        var error = Assert.Throws<InvalidOperationException>(() => ReadImages(optimized.Transform(data), "Image"));

        Assert.Contains("40x40", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Steps_appended_to_a_purifier_that_was_saved_alone_stay(bool flat)
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(4));
        var loaded = (TransformerChain<ITransformer>)SaveAndLoad(_context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data), data.Schema);
        var copy = _context.Transforms.CopyColumns("Copy", "Purified").Fit(loaded.Transform(data));
        ITransformer model = flat ? loaded.Append<ITransformer>(copy) : loaded.Append(copy);
        var expected = ReadVectors(model.Transform(data), "Copy");

        var optimized = PurifiedPipeline.Optimize(_context, model);

        Assert.Equal(expected, ReadVectors(optimized.Transform(data), "Copy"));
        Assert.Single(((IEnumerable<ITransformer>)optimized).OfType<AdversarialPurifyingTransformer>());
    }

    [Theory]
    [InlineData(0, 1, -1, 2)]
    [InlineData(0.5, 0.25, -6, 6)]
    public void Values_that_are_no_colours_of_the_layout_are_refused_again(float mean, float deviation, float least, float most)
    {
        var rows = Vectors(1);
        rows[0].Pixels[7] = most;
        var data = _context.Data.LoadFromEnumerable(rows);
        var layout = new PixelLayout { Mean = [mean, mean, mean], StandardDeviation = [deviation, deviation, deviation] };
        var options = new AdversarialPurifierOptions { ModelPath = fixture.Fixed, OutputColumnName = "Purified", InputColumnName = "Pixels", Layout = layout };
        using var transformer = _context.Transforms.PurifyAdversarial(options).Fit(data);

        using var optimized = (AdversarialPurifyingTransformer)PurifiedPipeline.Optimize(_context, SaveAndLoad(PurifiedPipeline.Optimize(_context, SaveAndLoad(transformer))));
        Assert.Single(ReadVectors(optimized.Transform(data), "Purified"));
        rows[0].Pixels[7] = most + 0.5f;

        Assert.Contains(FormattableString.Invariant($"Layout allows {least} to {most}"),
            Assert.Throws<InvalidOperationException>(() => ReadVectors(optimized.Transform(data), "Purified")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_a_purifier_is_refused()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(3));
        var model = _context.Transforms.CopyColumns("Copy", "Pixels").Fit(data);

        Assert.Contains("no purifier", Assert.Throws<ArgumentException>(() => PurifiedPipeline.Optimize(_context, model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faulty_arguments_leave_the_model_usable()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(3));
        var loaded = SaveAndLoad(_context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data));

        Assert.Throws<ArgumentException>(() => PurifiedPipeline.Optimize(_context, loaded, batchSize: 0));
        Assert.Throws<InvalidOperationException>(() => PurifiedPipeline.Optimize(_context, loaded, gpuDeviceId: 99));

        Assert.Equal(3, ReadVectors(loaded.Transform(data), "Purified").Length);
    }

    private static IEnumerable<ITransformer> Parts(ITransformer transformer) =>
        transformer is TransformerChain<ITransformer> chain ? chain.SelectMany(Parts) : [transformer];
}
