using System.Text.Json;
using Maep.Attacks;
using Maep.Networks.Purifiers;
using Maep.Training.Data;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests;

public sealed class TilingMeasurementTests
{
    private const int Tile = 16;
    private const int Side = 64; // 4 tiles side by side, or 5 that share 4 pixels

    // Along each axis the correction rises by a step s from pixel to pixel and falls back at the next tile: by 15 s at a border without overlap. In an overlap of
    // 4 the weights 4/5, 3/5, 2/5, 1/5 of the tile that ends and the rest of the one that begins make it fall by 1.4 s a pixel, over 5 steps: 2 across borders
    // and 3 inside. The 63 steps of 5 tiles then are 8 across borders, 12 inside overlaps and 43 of s.
    [Theory]
    [InlineData(0, 16, 15)]
    [InlineData(4, 25, 1.4 / (((12 * 1.4) + 43) / 55))]
    public void A_ramp_over_each_tile_shows_seams_that_an_overlap_takes_away(int overlap, long tiles, double seam)
    {
        var measurement = new TilingMeasurement(new MeanChannelClassifier(1), new Ramp(), Tile, batchSize: 2);
        measurement.Attack(Grey(3), new NoAttack(), seed: 0, _ => { }, default);

        var result = measurement.Measure(overlap, _ => { }, default);

        Assert.Equal(tiles, result.Tiles);
        Assert.Equal(seam, result.Seam, 0.01);
        Assert.Equal($"tiles, overlap {overlap}", result.Method);
    }

    [Fact]
    public void A_study_says_what_each_way_costs_and_keeps()
    {
        var measurement = new TilingMeasurement(new MeanChannelClassifier(1), new Ramp(), Tile, batchSize: 2);
        var (clean, robust) = measurement.Attack(Grey(3), new NoAttack(), seed: 5, _ => { }, default);
        var folder = Directory.CreateTempSubdirectory("maep-tiles-").FullName;
        var study = new TilingStudy
        {
            Command = "maep benchmark tiles",
            Dataset = "grey",
            Attack = "none",
            Seed = 5,
            Classifier = new ModelReference("c.onnx", "00"),
            Purifier = new ModelReference("p.onnx", "11"),
            BareClean = clean,
            BareRobust = robust,
            Methods = [measurement.Measure(0, _ => { }, default)],
        };

        study.Save(Path.Combine(folder, "tiles"));

        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tiles.json")));
        var method = record.RootElement.GetProperty("methods")[0];
        Assert.Equal(3, method.GetProperty("nonAdaptive").GetProperty("total").GetInt32());
        Assert.True(method.GetProperty("costOverTiles").GetDouble() > 0);
        var table = File.ReadAllLines(Path.Combine(folder, "tiles.md"));
        Assert.Contains("3 images; none, on the bare classifier; seed 5", table[2], StringComparison.Ordinal);
        Assert.Contains("| no purifier |  | 100.0 % | 100.0 % |  |  |  |  |", table);
        Assert.Contains(table, line => line.StartsWith("| tiles, overlap 0 | 16 |", StringComparison.Ordinal) && line.Contains("| 15.00 |", StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }

    private static LabelledImages Grey(int count) => new("grey", [.. Enumerable.Repeat((byte)128, count * 3 * Side * Side)], [.. Enumerable.Repeat(0, count)], Side, Side, ["red", "green", "blue"]);

    /// <summary>Brightens from the first pixel of a tile to the last, along both axes.</summary>
    private sealed class Ramp() : Purifier("ramp")
    {
        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var ramp = arange(Tile) * 0.01;
            return (input + ramp + ramp.unsqueeze(1)).MoveToOuterDisposeScope();
        }
    }

    private sealed class NoAttack : IAttack
    {
        public string Description => "none";

        public Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams, CancellationToken cancellation = default) => images.clone();
    }
}
