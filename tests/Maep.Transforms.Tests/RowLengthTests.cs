using Microsoft.ML;
using Microsoft.ML.Data;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>A row whose vector has another length than the column's type says is an error of that row, never another row's image.</summary>
public sealed class RowLengthTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<int> WrongLengths => [0, 1, 100, Length - 1, Length + 1, 2 * Length];

    public static TheoryData<bool, bool, bool> Layouts => new()
    {
        { false, false, false },
        { true, false, false },
        { false, true, false },
        { true, true, true },
    };

    [Theory]
    [MemberData(nameof(WrongLengths))]
    public void A_prediction_engine_refuses_it_each_time_and_goes_on_with_the_next_row(int length)
    {
        var rows = Vectors(3);
        using var transformer = Purify(Vectors(1));
        var expected = Read(transformer, rows);
        using var engine = _context.Model.CreatePredictionEngine<VectorRow, PurifiedVectorRow>(transformer);
        var bad = new VectorRow { Pixels = new float[length] };

        Assert.Equal(expected[0], engine.Predict(rows[0]).Purified);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var error = Assert.Throws<InvalidOperationException>(() => engine.Predict(bad));
            Assert.Contains($"column 'Pixels' holds {length} values, and its type Vector<Single, 3, 32, 32>, as fitted, has {Length}", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(expected[1], engine.Predict(rows[1]).Purified);
        Assert.Throws<InvalidOperationException>(() => engine.Predict(new VectorRow { Pixels = null! }));
        Assert.Equal(expected[2], engine.Predict(rows[2]).Purified);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_cursor_gives_the_good_rows_before_it_and_names_it(bool interleaved, bool normalised, bool tiled)
    {
        var layout = new PixelLayout { Interleaved = interleaved, Mean = normalised ? [0.5f, 0.4f, 0.3f] : [0, 0, 0] };
        var options = new AdversarialPurifierOptions
        {
            ModelPath = fixture.Fixed,
            OutputColumnName = "Purified",
            InputColumnName = "Pixels",
            Layout = layout,
            SizeHandling = tiled ? SizeHandling.Tile : SizeHandling.Throw,
        };
        var side = tiled ? 40 : Size;
        var type = interleaved ? new VectorDataViewType(NumberDataViewType.Single, side, side, 3) : new VectorDataViewType(NumberDataViewType.Single, 3, side, side);
        var definition = SchemaDefinition.Create(typeof(FlatRow));
        definition["Pixels"].ColumnType = type;
        FlatRow[] rows = [Dense(type.Size), Dense(type.Size), Dense(12), Dense(type.Size)];
        var data = _context.Data.LoadFromEnumerable(rows, definition);
        using var transformer = _context.Transforms.PurifyAdversarial(options).Fit(data);
        var view = transformer.Transform(data);

        using var cursor = view.GetRowCursor([view.Schema["Purified"]]);
        var getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Purified"]);
        VBuffer<float> purified = default;
        var read = 0;
        var error = Assert.Throws<InvalidOperationException>(() =>
        {
            while (cursor.MoveNext())
            {
                getter(ref purified);
                Assert.Equal(type.Size, purified.Length);
                read++;
            }
        });

        Assert.Equal(2, read);
        Assert.StartsWith("Row 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("holds 12 values", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Length - 1)]
    [InlineData(Length + 1)]
    public void A_sparse_vector_of_another_length_is_refused_too(int length)
    {
        FlatRow[] rows = [Sparse(Length), Sparse(length)];
        var definition = SchemaDefinition.Create(typeof(FlatRow));
        definition["Pixels"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Length);
        var data = _context.Data.LoadFromEnumerable(rows, definition);
        var view = _context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data).Transform(data);

        Assert.Contains($"holds {length} values", Assert.Throws<InvalidOperationException>(() => ReadVectors(view, "Purified")).Message, StringComparison.Ordinal);

        static FlatRow Sparse(int length) => new() { Pixels = new VBuffer<float>(length, 1, [0.5f], [100]) };
    }

    [Fact]
    public void The_saved_chain_refuses_it_as_well()
    {
        var rows = Vectors(2);
        using var transformer = Purify(rows);
        using var engine = _context.Model.CreatePredictionEngine<VectorRow, PurifiedVectorRow>(SaveAndLoad(transformer));

        Assert.NotEmpty(engine.Predict(rows[0]).Purified);
        Assert.ThrowsAny<Exception>(() => engine.Predict(new VectorRow { Pixels = null! }));
    }

    private static FlatRow Dense(int length) => new() { Pixels = new VBuffer<float>(length, new float[length]) };

    private AdversarialPurifyingTransformer Purify(List<VectorRow> rows) =>
        _context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(_context.Data.LoadFromEnumerable(rows));

    private float[][] Read(AdversarialPurifyingTransformer transformer, List<VectorRow> rows) => ReadVectors(transformer.Transform(_context.Data.LoadFromEnumerable(rows)), "Purified");

    private sealed class FlatRow
    {
        public VBuffer<float> Pixels { get; set; }
    }
}
