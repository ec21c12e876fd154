using Microsoft.ML;
using Microsoft.ML.Data;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>ConvertToOnnx of a pipeline with a purifier is an error that names the remedy, never a file without the defence.</summary>
public sealed class OnnxExportTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private const string Remedy = "The purifier is an ONNX file itself";

    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData("Pixels", null)]
    [InlineData("Purified", "Pixels")]
    public void A_fitted_pipeline_is_refused(string output, string? input)
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(4));
        using var model = Pipeline(output, input).Fit(data);

        Assert.Contains(Remedy, Refused(model, data).Message, StringComparison.Ordinal);
        Assert.Contains(fixture.Fixed, Refused(model, data).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_purifier_alone_and_steps_over_its_view_are_refused()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(4));
        using var purifier = _context.Transforms.PurifyAdversarial("Pixels", null, fixture.Fixed).Fit(data);
        var purified = purifier.Transform(data);
        var normalizer = _context.Transforms.NormalizeMinMax("Features", "Pixels").Fit(purified);

        Assert.Contains(Remedy, Refused(purifier, data).Message, StringComparison.Ordinal);
        Assert.Contains(Remedy, Refused(normalizer, purified).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_cannot_be_converted_does_not_hide_the_purifier()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(4));
        // ApplyOnnxModel cannot be converted; there ML.NET stops to look and goes on from the source of all.
        var pipeline = _context.Transforms.PurifyAdversarial("Pixels", null, fixture.Fixed)
            .Append(_context.Transforms.CopyColumns("maep.image", "Pixels"))
            .Append(_context.Transforms.ApplyOnnxModel("maep.purified", "maep.image", fixture.Fixed))
            .Append(_context.Transforms.NormalizeMinMax("Pixels"));

        Assert.Contains(Remedy, Refused(pipeline.Fit(data), data).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pixels", null)]
    [InlineData("Purified", "Pixels")]
    public void A_saved_and_loaded_pipeline_is_refused_and_so_is_an_optimized_one(string output, string? input)
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(4));
        var loaded = SaveAndLoad(Pipeline(output, input).Fit(data), data.Schema);

        // The chain is ML.NET's own, and so are the words.
        Assert.Contains("can not be fully converted", Refused(loaded, data).Message, StringComparison.Ordinal);
        Assert.Contains(Remedy, Refused(PurifiedPipeline.Optimize(_context, loaded), data).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_steps_after_the_purifier_can_be_converted_as_the_message_says()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(4));
        using var purifier = _context.Transforms.PurifyAdversarial("Pixels", null, fixture.Fixed).Fit(data);
        var purified = purifier.Transform(data);
        var normalizer = _context.Transforms.NormalizeMinMax("Features", "Pixels").Fit(purified);
        using var file = new MemoryStream();

        _context.Model.ConvertToOnnx(normalizer, _context.Data.Cache(purified), file);

        Assert.NotEqual(0, file.Length);
    }

    private EstimatorChain<Microsoft.ML.Transforms.NormalizingTransformer> Pipeline(string output, string? input) =>
        _context.Transforms.PurifyAdversarial(output, input, fixture.Fixed).Append(_context.Transforms.NormalizeMinMax("Features", output));

    private InvalidOperationException Refused(ITransformer model, IDataView data)
    {
        using var file = new MemoryStream();
        var error = Assert.Throws<InvalidOperationException>(() => _context.Model.ConvertToOnnx(model, data, file));
        Assert.Equal(0, file.Length);
        return error;
    }
}
