using Microsoft.ML;
using Microsoft.ML.Data;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>Single rows, and life after Dispose.</summary>
public sealed class PredictionEngineTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Predicts_each_vector_as_the_batched_view_does()
    {
        var rows = Vectors(10);
        var data = _context.Data.LoadFromEnumerable(rows);
        var transformer = _context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data);
        var expected = ReadVectors(transformer.Transform(data), "Purified");

        using var engine = _context.Model.CreatePredictionEngine<VectorRow, PurifiedVectorRow>(transformer);
        var predicted = rows.Select(engine.Predict).ToList();

        Assert.Equal(expected, predicted.Select(row => row.Purified));
        Assert.Equal(rows.Select(row => row.Name), predicted.Select(row => row.Name));
    }

    [Fact]
    public void Predicts_each_image_as_the_batched_view_does()
    {
        var rows = Images(10, alpha: null);
        rows[3].Image = null!;
        var data = _context.Data.LoadFromEnumerable(rows);
        var transformer = _context.Transforms.PurifyAdversarial("Purified", "Image", fixture.Fixed).Fit(data);
        var expected = ReadImages(transformer.Transform(data), "Purified");

        using var engine = _context.Model.CreatePredictionEngine<ImageRow, PurifiedImageRow>(transformer);
        var predicted = rows.Select(row => engine.Predict(row).Purified?.Pixels.ToArray()).ToList();

        Assert.Equal(expected, predicted);
        Assert.All(rows.Where(row => row.Image is not null), row => Assert.Equal(Size, row.Image.Width));
    }

    [Fact]
    public void A_pipeline_around_the_purifier_predicts_and_threads_may_share_it()
    {
        var rows = Vectors(40);
        var data = _context.Data.LoadFromEnumerable(rows);
        var pipeline = _context.Transforms.CopyColumns("Copy", "Pixels")
            .Append(_context.Transforms.PurifyAdversarial("Copy", null, fixture.Fixed))
            .Append(_context.Transforms.CopyColumns("Purified", "Copy"));
        using var model = pipeline.Fit(data);
        var expected = ReadVectors(model.Transform(data), "Purified");
        var options = new PredictionEngineOptions { OwnsTransformer = false };

        Parallel.For(0, 4, _ =>
        {
            using var engine = _context.Model.CreatePredictionEngine<VectorRow, PurifiedVectorRow>(model, options);
            Assert.Equal(expected, rows.Select(row => engine.Predict(row).Purified));
        });
    }

    [Fact]
    public void Every_use_after_Dispose_is_an_ObjectDisposedException()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(40));
        var transformer = _context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data);
        var view = transformer.Transform(data);
        var mapper = transformer.GetRowToRowMapper(data.Schema);
        Assert.NotNull(mapper);
        using var cursor = view.GetRowCursor(view.Schema);
        var getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Purified"]);
        VBuffer<float> purified = default;
        Assert.True(cursor.MoveNext());
        getter(ref purified);

        _context.Model.CreatePredictionEngine<VectorRow, PurifiedVectorRow>(transformer).Dispose();
        transformer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => getter(ref purified));
        Assert.Throws<ObjectDisposedException>(() => ReadVectors(view, "Purified"));
        Assert.Throws<ObjectDisposedException>(() => transformer.Transform(data));
        Assert.Throws<ObjectDisposedException>(() => transformer.GetOutputSchema(data.Schema));
        Assert.Throws<ObjectDisposedException>(() => transformer.GetRowToRowMapper(data.Schema));
        Assert.Throws<ObjectDisposedException>(() => _context.Model.Save(transformer, data.Schema, new MemoryStream()));
    }

    [Fact]
    public void Dispose_while_threads_purify_ends_them_with_ObjectDisposedException()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(200));
        var transformer = _context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data);
        var view = transformer.Transform(data);
        using var started = new CountdownEvent(2);

        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            started.Signal();
            while (true)
            {
                ReadVectors(view, "Purified");
            }
        })).ToList();
        started.Wait();
        transformer.Dispose();

        Assert.All(readers, reader => Assert.IsType<ObjectDisposedException>(Assert.ThrowsAny<AggregateException>(reader.Wait).GetBaseException()));
    }

    [Fact]
    public void A_second_Fit_is_not_disposed_with_the_first()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(2));
        var estimator = _context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed);
        estimator.Fit(data).Dispose();

        using var second = estimator.Fit(data);

        Assert.Equal(2, ReadVectors(second.Transform(data), "Purified").Length);
        Assert.Equal("tiny", second.ModelMetadata["maep.name"]);
    }
}
