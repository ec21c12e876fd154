using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>Tiles purified a band at a time are blended as all of them at once are.</summary>
public sealed class TileBandTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private const int Size = PurifierFixture.Size;

    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Bands_of_any_height_give_each_row_the_shares_of_all_its_tiles() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[2, 40], Gen.Int[0, 20], Gen.Int[1, 9]).Sample((length, tile, overlap, most) =>
        {
            var axis = new TileAxis(length, tile, Math.Min(overlap, tile / 2));
            var tiles = Enumerable.Range(0, axis.Count * tile).Select(index => MathF.Sin(index)).ToArray(); // any values
            var expected = axis.Shares().Select(shares => shares.Sum(share => share.Weight * tiles[share.Index]));

            Assert.All(expected.Zip(Blend(new TileBands(axis, most), tile, axis.Count, tiles)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }, iter: 300);

    [Theory]
    [InlineData(100, 1400, 4)]
    [InlineData(70, 1400, 16)]
    [InlineData(300, 200, 4)]
    public void More_tiles_than_fit_at_once_are_purified_and_blended_as_each_by_itself(int height, int width, int overlap)
    {
        var random = new Random(3);
        float[] pixels = [.. Enumerable.Range(0, 3 * height * width).Select(_ => random.NextSingle())];
        var data = Data(pixels, 3, height, width);
        var options = new AdversarialPurifierOptions { ModelPath = fixture.Fixed, OutputColumnName = "Purified", InputColumnName = "Pixels", SizeHandling = SizeHandling.Tile, TileOverlap = overlap };
        using var transformer = _context.Transforms.PurifyAdversarial(options).Fit(data);

        var purified = ReadVectors(transformer.Transform(data), "Purified")[0];

        var loaded = SaveAndLoad(transformer);
        Assert.Equal(purified, ReadVectors(loaded.Transform(data), "Purified")[0]);
        Assert.Equal(purified, ReadVectors(PurifiedPipeline.Optimize(_context, loaded).Transform(data), "Purified")[0]);
        Assert.All(TileByTile(pixels, height, width, overlap).Zip(purified), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    /// <summary>Each tile cut and purified by itself, then blended in double.</summary>
    private float[] TileByTile(float[] pixels, int height, int width, int overlap)
    {
        var (rows, columns) = (new TileAxis(height, Size, overlap), new TileAxis(width, Size, overlap));
        var (y, x) = (rows.Indices(), columns.Indices());
        var tiles = Enumerable.Range(0, rows.Count * columns.Count).Select(tile => new VectorRow
        {
            Pixels = [.. Enumerable.Range(0, Length).Select(k =>
                pixels[((((k / (Size * Size)) * height) + y[(tile / columns.Count * Size) + (k / Size % Size)]) * width) + x[(tile % columns.Count * Size) + (k % Size)]])],
        }).ToList();
        var data = _context.Data.LoadFromEnumerable(tiles);
        using var transformer = _context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data);
        var purified = ReadVectors(transformer.Transform(data), "Purified");

        var (down, across) = (rows.Shares(), columns.Shares());
        return [.. Enumerable.Range(0, 3 * height * width).Select(k => (float)(
            from row in down[k / width % height]
            from column in across[k % width]
            select (double)row.Weight * column.Weight * purified[(row.Index / Size * columns.Count) + (column.Index / Size)][(k / (height * width) * Size * Size) + (row.Index % Size * Size) + (column.Index % Size)]).Sum())];
    }

    /// <summary>What the Scan of the graph computes from the tables, for one column of pixels.</summary>
    private static List<float> Blend(TileBands bands, int tile, int rows, float[] tiles)
    {
        var (blending, carried) = (bands.Blending(), bands.Carried());
        var (sum, given) = (new float[bands.Span], new List<float>());
        for (var band = 0; band < bands.Count; band++)
        {
            float[] own = [.. Enumerable.Range(band * bands.TileRows, bands.TileRows).SelectMany(row => tiles.AsSpan(Math.Min(row, rows - 1) * tile, tile).ToArray())];
            var first = band * bands.Span;
            sum = [.. sum.Select((value, row) => value + blending.Sum(term => term.Weights[first + row] * own[term.Rows[first + row]]))];
            given.AddRange(sum[..bands.Advance]);
            sum = [.. Enumerable.Range(first, bands.Span).Select(row => carried.Exists[row] * sum[carried.Rows[row]])];
        }
        var finished = bands.Finished();
        return [.. finished.Select(row => given[(int)row]), .. sum[..(bands.Height - finished.Length)]];
    }

    private IDataView Data(float[] pixels, params int[] dimensions)
    {
        var definition = SchemaDefinition.Create(typeof(FlatRow));
        definition["Pixels"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimensions);
        return _context.Data.LoadFromEnumerable([new FlatRow { Pixels = pixels }], definition);
    }

    private sealed class FlatRow
    {
        public float[] Pixels { get; set; } = [];
    }
}
