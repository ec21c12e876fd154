using Microsoft.ML;
using Microsoft.ML.Data;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>What ML.NET offers on a view works on a purified one, and gives each row its own purified image.</summary>
public sealed class DataOperationTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private const int Rows = 50;

    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<string> Operations => ["take", "skip", "shuffle", "split", "cache", "filter"];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_row_keeps_its_own_purified_image(string operation)
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(Rows));
        var view = _context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed, batchSize: 7).Fit(data).Transform(data);
        var expected = Read(view).ToDictionary(row => row.Id, row => row.Purified);

        var rows = Read(operation switch
        {
            "take" => _context.Data.TakeRows(view, 9),
            "skip" => _context.Data.SkipRows(view, 9),
            "shuffle" => _context.Data.ShuffleRows(view, seed: 3),
            "split" => _context.Data.TrainTestSplit(view, testFraction: 0.3).TestSet,
            "cache" => _context.Data.Cache(view),
            _ => _context.Data.FilterByCustomPredicate<PurifiedVectorRow>(view, row => row.Id % 3 == 0),
        });

        Assert.NotEmpty(rows);
        Assert.Equal(rows.Count, rows.DistinctBy(row => row.Id).Count());
        Assert.All(rows, row => Assert.Equal(expected[row.Id], row.Purified));
        Assert.Equal(operation is "shuffle" or "cache", rows.Count == Rows);
    }

    [Theory]
    [InlineData(SizeHandling.Throw)]
    [InlineData(SizeHandling.Resize)]
    [InlineData(SizeHandling.Tile)]
    public void A_missing_image_stays_missing_however_sizes_are_handled(SizeHandling handling)
    {
        var images = Images(5);
        images[2].Image = null!;
        var data = _context.Data.LoadFromEnumerable(images);
        var options = new AdversarialPurifierOptions { ModelPath = fixture.Fixed, OutputColumnName = "Purified", InputColumnName = "Image", SizeHandling = handling };

        var purified = ReadImages(_context.Transforms.PurifyAdversarial(options).Fit(data).Transform(data), "Purified");

        Assert.Equal([false, false, true, false, false], purified.Select(image => image is null));
    }

    private List<PurifiedVectorRow> Read(IDataView view) => [.. _context.Data.CreateEnumerable<PurifiedVectorRow>(view, reuseRowObject: false)];
}
