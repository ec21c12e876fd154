using Microsoft.ML;
using Microsoft.ML.Data;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

public sealed class VectorColumnTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private readonly MLContext _context = new(seed: 1);

    private AdversarialPurifierOptions Options(int batchSize = 16) =>
        new() { ModelPath = fixture.Fixed, OutputColumnName = "Purified", InputColumnName = "Pixels", BatchSize = batchSize };

    [Fact]
    public void Purifies_as_the_model_says()
    {
        var rows = Vectors(3);
        var data = _context.Data.LoadFromEnumerable(rows);

        var purified = ReadVectors(_context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data).Transform(data), "Purified");

        for (var row = 0; row < rows.Count; row++)
        {
            for (var k = 0; k < Length; k++)
            {
                Assert.Equal(Expected(rows[row].Pixels, k), purified[row][k], 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(64)]
    public void Batch_size_changes_neither_values_nor_order_nor_other_columns(int batchSize)
    {
        var rows = Vectors(50);
        var data = _context.Data.LoadFromEnumerable(rows);
        var expected = ReadVectors(_context.Transforms.PurifyAdversarial(Options(3)).Fit(data).Transform(data), "Purified");

        var view = _context.Transforms.PurifyAdversarial(Options(batchSize)).Fit(data).Transform(data);
        var purified = _context.Data.CreateEnumerable<PurifiedVectorRow>(view, reuseRowObject: false).ToList();

        Assert.Equal(expected, purified.Select(row => row.Purified));
        Assert.Equal(rows.Select(row => row.Id), purified.Select(row => row.Id));
        Assert.Equal(rows.Select(row => row.Name), purified.Select(row => row.Name));
        Assert.Equal(rows.Select(row => row.Weights), purified.Select(row => row.Weights));
        Assert.Equal(rows.Select(row => row.Pixels), ReadVectors(view, "Pixels"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Threads_change_no_value(int threads)
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(50));
        var expected = ReadVectors(_context.Transforms.PurifyAdversarial(Options(batchSize: 1)).Fit(data).Transform(data), "Purified");

        using var purifier = _context.Transforms.PurifyAdversarial(Options() with { Threads = threads }).Fit(data);
        var purified = ReadVectors(purifier.Transform(data), "Purified");

        Assert.Equal(expected, purified);
    }

    [Fact]
    public void Output_may_replace_the_input_column()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(20));
        var expected = ReadVectors(_context.Transforms.PurifyAdversarial(Options()).Fit(data).Transform(data), "Purified");

        var view = _context.Transforms.PurifyAdversarial("Pixels", null, fixture.Fixed).Fit(data).Transform(data);

        Assert.Equal(expected, ReadVectors(view, "Pixels"));
    }

    [Fact]
    public void A_flat_sparse_vector_gives_the_same_as_a_dense_one()
    {
        var pixels = new float[Length];
        pixels[100] = 0.5f;
        var sparse = new[] { new FlatRow { Pixels = new VBuffer<float>(Length, 1, [0.5f], [100]) } };
        var dense = new[] { new FlatRow { Pixels = new VBuffer<float>(Length, pixels) } };

        var results = new[] { sparse, dense }.Select(rows =>
        {
            var data = _context.Data.LoadFromEnumerable(rows);
            return ReadVectors(_context.Transforms.PurifyAdversarial(Options()).Fit(data).Transform(data), "Purified")[0];
        }).ToList();

        Assert.Equal(results[0], results[1]);
        Assert.Equal(0.03f + 0.9f * 0.5f / 9, results[0][100], 1e-6f);
    }

    [Fact]
    public void Parallel_cursors_give_every_row_once_with_its_own_values()
    {
        var rows = Vectors(500);
        var data = _context.Data.LoadFromEnumerable(rows);
        var view = _context.Transforms.PurifyAdversarial(Options()).Fit(data).Transform(data);
        var expected = ReadVectors(view, "Purified");
        var seen = new float[rows.Count][];

        Parallel.ForEach(view.GetRowCursorSet([view.Schema["Id"], view.Schema["Purified"]], 4), cursor =>
        {
            using var owned = cursor;
            var idGetter = cursor.GetGetter<int>(view.Schema["Id"]);
            var getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Purified"]);
            int id = 0;
            VBuffer<float> purified = default;
            while (cursor.MoveNext())
            {
                idGetter(ref id);
                getter(ref purified);
                Assert.Null(Interlocked.Exchange(ref seen[id], purified.DenseValues().ToArray()));
            }
        });

        Assert.Equal(expected, seen);
    }

    [Fact]
    public void A_bad_row_read_ahead_leaves_the_good_rows_before_it()
    {
        var rows = Vectors(10);
        IEnumerable<VectorRow> Failing()
        {
            foreach (var row in rows)
            {
                yield return row;
            }
            throw new IOException("disk gone");
        }
        var data = _context.Data.LoadFromEnumerable(Failing());
        var view = _context.Transforms.PurifyAdversarial(Options()).Fit(data).Transform(data);

        using var cursor = view.GetRowCursor([view.Schema["Purified"]]);
        var count = 0;
        var error = Assert.Throws<IOException>(() =>
        {
            while (cursor.MoveNext())
            {
                count++;
            }
        });

        Assert.Equal(10, count);
        Assert.Equal("disk gone", error.Message);
        Assert.Throws<IOException>(() => cursor.MoveNext());
    }

    [Fact]
    public void A_cancelled_token_ends_reading_between_rows()
    {
        using var source = new CancellationTokenSource();
        var data = _context.Data.LoadFromEnumerable(Vectors(40));
        var view = _context.Transforms.PurifyAdversarial(new AdversarialPurifierOptions
        {
            ModelPath = fixture.Fixed,
            OutputColumnName = "Purified",
            InputColumnName = "Pixels",
            BatchSize = 8,
            Cancellation = source.Token,
        }).Fit(data).Transform(data);
        using var cursor = view.GetRowCursor([view.Schema["Purified"]]);
        Assert.True(cursor.MoveNext());

        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => { while (cursor.MoveNext()) { } });
        Assert.Throws<OperationCanceledException>(() => ReadVectors(view, "Purified"));
    }

    [Fact]
    public void Fit_and_Transform_read_no_row()
    {
        IEnumerable<VectorRow> Untouchable()
        {
            foreach (var row in Vectors(1))
            {
                Assert.Fail("A row was read.");
                yield return row;
            }
        }
        var data = _context.Data.LoadFromEnumerable(Untouchable());

        var view = _context.Transforms.PurifyAdversarial(Options()).Fit(data).Transform(data);

        Assert.Equal(data.Schema["Pixels"].Type, view.Schema["Purified"].Type);
    }

    [Fact]
    public void A_trainer_runs_on_purified_features()
    {
        var rows = Vectors(40).Select(row => new LabelledRow { Label = row.Id % 2 == 0, Pixels = [.. row.Pixels.Select(p => row.Id % 2 == 0 ? p / 2 : 0.5f + p / 2)] });
        var data = _context.Data.LoadFromEnumerable(rows);

        var pipeline = _context.Transforms.PurifyAdversarial("Features", "Pixels", fixture.Fixed)
            .AppendCacheCheckpoint(_context)
            .Append(_context.BinaryClassification.Trainers.LbfgsLogisticRegression());
        var metrics = _context.BinaryClassification.Evaluate(pipeline.Fit(data).Transform(data));

        Assert.Equal(1, metrics.Accuracy);
    }

    /// <summary>Value k of a planar image after the box blur and the clipped line, in double.</summary>
    private static float Expected(float[] pixels, int k)
    {
        var (channel, row, column) = (k / (Size * Size), k / Size % Size, k % Size);
        var sum = 0.0;
        for (var y = Math.Max(0, row - 1); y <= Math.Min(Size - 1, row + 1); y++)
        {
            for (var x = Math.Max(0, column - 1); x <= Math.Min(Size - 1, column + 1); x++)
            {
                sum += pixels[(channel * Size + y) * Size + x];
            }
        }
        return (float)Math.Clamp(0.9 * sum / 9 + 0.03, 0, 1);
    }

    private sealed class FlatRow
    {
        [VectorType(Length)]
        public VBuffer<float> Pixels { get; set; }
    }

    private sealed class LabelledRow
    {
        public bool Label { get; set; }
        [VectorType(Length)]
        public float[] Pixels { get; set; } = [];
    }
}
