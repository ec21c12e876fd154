using System.Diagnostics;
using System.Globalization;
using Maep.Transforms;
using Microsoft.ML;

namespace Maep.Benchmarks;

/// <summary>What a 224x224 image costs in the ONNX graph that cuts, purifies and joins tiles, against the same tiles alone.</summary>
internal static class Tiles
{
    private const int Size = 224;
    private const int Tile = 32;
    private const int Overlap = 4; // the transform's default
    private const int Images = 16; // one batch
    private const int Turns = 5;
    private const double Most = 1.15;

    private sealed record Record(RunFacts Facts, int TilesOfAnImage, IReadOnlyList<double> SecondsPerImage, IReadOnlyList<double> SecondsPerImageOfTilesAlone, double Ratio, bool Met);

    public static void Run(RunFacts facts, string folder)
    {
        var ofAnImage = (int)Math.Pow(Math.Ceiling((Size - Overlap) / (double)(Tile - Overlap)), 2);
        var context = new MLContext(seed: 1);
        var source = RowSource.Create(context, ColumnKind.Vector, Size, Images);
        using var transformer = Contenders.Purify(context, source, PurifierModel.For(Tile), Goal.DefaultBatch, SizeHandling.Tile);
        var whole = Contenders.Reader(ColumnKind.Vector, transformer.Transform(source));
        using var alone = new SessionReader(Tile, ofAnImage, ofAnImage * Images);
        Seconds(whole);
        Seconds(alone);
        var turns = Enumerable.Range(0, Turns).Select(_ => (Whole: Seconds(whole), Alone: Seconds(alone))).ToList(); // in turns: what else the machine does hits both

        List<double> wholes = [.. turns.Select(turn => turn.Whole).Order()], alones = [.. turns.Select(turn => turn.Alone).Order()];
        var ratio = wholes[Turns / 2] / alones[Turns / 2];
        var record = new Record(facts, ofAnImage, wholes, alones, ratio, ratio <= Most);
        RunFacts.Write(folder, "tiles", record, string.Create(CultureInfo.InvariantCulture, $"""
            # Tiles

            {facts.ToMarkdown()}

            maep-cifar10 over {Size}x{Size}, {ofAnImage} tiles that share {Overlap} pixels or more, {Images} images a pass, medians of {Turns} turns:

            | PurifyAdversarial, s/image | ONNX Runtime on the tiles alone, s/image | ratio | goal: at most {Most} |
            |---:|---:|---:|---|
            | {wholes[Turns / 2]:F4} | {alones[Turns / 2]:F4} | {ratio:F2} | {(record.Met ? "met" : "**missed**")} |
            """));
    }

    private static double Seconds(RowReader reader)
    {
        var clock = Stopwatch.StartNew();
        reader.Read();
        return clock.Elapsed.TotalSeconds / Images;
    }
}
