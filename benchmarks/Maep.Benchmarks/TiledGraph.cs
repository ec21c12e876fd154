using System.Diagnostics;
using System.Globalization;
using Maep.Transforms;
using Microsoft.ML;

namespace Maep.Benchmarks;

/// <summary>What a 224x224 image costs in the ONNX graph that cuts, purifies and joins tiles, against the same tiles alone.</summary>
internal static class TiledGraph
{
    private const int Size = 224;
    private const int Tile = 32;
    private const int Overlap = AdversarialPurifierOptions.DefaultTileOverlap;
    private const int Images = 16; // one batch
    private const int Turns = 5;
    private const double LargestRatio = 1.15;

    private sealed record Record(RunFacts Facts, int TilesPerImage, double SecondsPerImage, double SecondsPerImageOfTilesAlone, IReadOnlyList<double> Ratios, bool Met);

    public static void Run(RunFacts facts, string folder)
    {
        var tilesPerImage = (int)Math.Pow(Math.Ceiling((Size - Overlap) / (double)(Tile - Overlap)), 2);
        var context = new MLContext(seed: 1);
        var source = RowSource.Create(context, ColumnKind.Vector, Size, Images);
        using var transformer = Contenders.Purify(context, source, PurifierModel.For(Tile), Goal.DefaultBatch, SizeHandling.Tile);
        var whole = Contenders.Reader(ColumnKind.Vector, transformer.Transform(source));
        using var alone = new SessionReader(Tile, tilesPerImage, tilesPerImage * Images);
        Seconds(whole);
        Seconds(alone);
        // In turns: what else the machine does hits both.
        var turns = Enumerable.Range(0, Turns).Select(_ => (Whole: Seconds(whole), Alone: Seconds(alone))).OrderBy(turn => turn.Whole / turn.Alone).ToList();

        var (wholes, alones) = turns[Turns / 2];
        var ratio = wholes / alones;
        var record = new Record(facts, tilesPerImage, wholes, alones, [.. turns.Select(turn => turn.Whole / turn.Alone)], ratio <= LargestRatio);
        RunFacts.Write(folder, "tiled-graph", record, string.Create(CultureInfo.InvariantCulture, $"""
            # Tiles in the ONNX graph

            {record.Facts.ToMarkdown()}

            maep-cifar10 over {Size}x{Size}, {tilesPerImage} tiles that share {Overlap} pixels or more, {Images} images a pass, the turn of the median ratio of {Turns}:

            | PurifyAdversarial, s/image | ONNX Runtime on the tiles alone, s/image | ratio | goal: at most {LargestRatio} |
            |---:|---:|---:|---|
            | {wholes:F4} | {alones:F4} | {ratio:F2} | {(record.Met ? "met" : "**missed**")} |
            """));
    }

    private static double Seconds(RowReader reader)
    {
        var clock = Stopwatch.StartNew();
        reader.Read();
        return clock.Elapsed.TotalSeconds / Images;
    }
}
