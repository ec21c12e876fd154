using System.Diagnostics;
using System.Globalization;
using Maep.Attacks;
using Maep.Training.Data;
using Maep.Networks.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation;

/// <summary>Measures ways for a purifier of one size over larger images. The images are attacked once, on the bare classifier.</summary>
/// <param name="classifier">Images [N, 3, H, W] in [0, 1] to logits.</param>
/// <param name="purifier">Images of the tile's size and of any other in [0, 1] to the same.</param>
/// <param name="tile">Rows and columns of a tile.</param>
/// <param name="batchSize">Images at a time.</param>
public sealed class TilingMeasurement(nn.Module<Tensor, Tensor> classifier, Purifier purifier, int tile, int batchSize)
{
    private readonly List<(Tensor Clean, Tensor Attacked, Tensor Labels)> _batches = [];

    /// <summary>Attacks the images.</summary>
    /// <param name="images">Test images.</param>
    /// <param name="attack">The attack.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="progress">Receives images done.</param>
    /// <param name="cancellation">Stops after the current step of the attack.</param>
    /// <returns>Clean and robust accuracy of the bare classifier.</returns>
    public (AccuracyCount Clean, AccuracyCount Robust) Attack(LabelledImages images, IAttack attack, long seed, Action<int> progress, CancellationToken cancellation)
    {
        var (judge, clean, robust) = (new AskedModel(classifier, cancellation), 0L, 0L);
        for (var first = 0; first < images.Count; first += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = images.Slice(first, Math.Min(batchSize, images.Count - first));
            using var bytes = batch.PixelTensor();
            var (pixels, labels) = (LabelledImages.ToUnitRange(bytes), batch.LabelTensor());
            var streams = new ImageStreams(seed, first, batch.Count);
            var attacked = attack.Perturb(classifier, pixels, labels, streams, cancellation);
            using var right = Verdict.Right(judge, pixels, labels, streams);
            using var standing = right.logical_and(Verdict.Right(judge, attacked, labels, streams));
            (clean, robust) = (clean + right.sum().item<long>(), robust + standing.sum().item<long>());
            _batches.Add((pixels, attacked, labels));
            progress(first + batch.Count);
        }
        return (new(clean, images.Count), new(robust, images.Count));
    }

    /// <summary>Measures one way on the attacked images.</summary>
    /// <param name="overlap">Least pixels that tiles share; null purifies the whole image at once.</param>
    /// <param name="progress">Receives images done.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    public TilingResult Measure(int? overlap, Action<int> progress, CancellationToken cancellation)
    {
        var tiled = new TiledPurifier(purifier, tile, overlap ?? 0);
        Purifier way = overlap is null ? purifier : tiled;
        long images = 0, clean = 0, robust = 0, tiles = 1;
        double psnr = 0, across = 0, inside = 0, seconds = 0, alone = 0;
        var judge = new AskedModel(classifier, cancellation);
        using var noGradient = no_grad();
        foreach (var (pixels, attacked, labels) in _batches)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var streams = new ImageStreams(0, images, pixels.shape[0]);
            var (purified, time) = Timed(new AskedModel(way, cancellation), pixels, streams);
            seconds += time;
            if (overlap is not null)
            {
                var cut = tiled.Cut(pixels);
                tiles = cut.shape[0] / pixels.shape[0];
                alone += Timed(new AskedModel(purifier, cancellation), cut, new ImageStreams(0, 0, cut.shape[0])).Seconds;
            }
            var right = Verdict.Right(judge, purified, labels, streams);
            clean += right.sum().item<long>();
            robust += right.logical_and(Verdict.Right(judge, new AskedModel(way, cancellation).Purified(attacked, streams), labels, streams)).sum().item<long>();
            psnr += ImageQuality.Psnr(purified, pixels).sum().item<float>();
            var (border, elsewhere) = Steps(purified - pixels, tiled);
            (across, inside) = (across + border, inside + elsewhere);
            images += pixels.shape[0];
            progress((int)images);
        }
        return new TilingResult
        {
            Method = overlap is null ? "whole image" : string.Create(CultureInfo.InvariantCulture, $"tiles, overlap {overlap}"),
            Tiles = tiles,
            Clean = new(clean, images),
            NonAdaptive = new(robust, images),
            Psnr = psnr / images,
            Seam = across / inside,
            Seconds = seconds / images,
            CostOverTiles = overlap is null ? null : seconds / alone,
        };
    }

    // Mean step of a correction [N, 3, H, W] across the borders and elsewhere, both axes together.
    private static (double Across, double Inside) Steps(Tensor correction, TiledPurifier tiled)
    {
        var (across, inside) = (0.0, 0.0);
        foreach (var axis in new[] { 2, 3 })
        {
            var length = correction.shape[axis];
            var steps = (correction.narrow(axis, 1, length - 1) - correction.narrow(axis, 0, length - 1)).abs().mean([0, 1, axis == 2 ? 3 : 2]); // [length - 1], to pixel i + 1
            var atBorder = zeros_like(steps, ScalarType.Bool);
            foreach (var border in tiled.Borders((int)length))
                atBorder[border - 1] = tensor(true);
            across += steps.masked_select(atBorder).mean().item<float>();
            inside += steps.masked_select(atBorder.logical_not()).mean().item<float>();
        }
        return (across, inside);
    }

    private static (Tensor Images, double Seconds) Timed(AskedModel purifier, Tensor images, ImageStreams streams)
    {
        var clock = Stopwatch.StartNew();
        var result = purifier.Purified(images, streams);
        return (result, clock.Elapsed.TotalSeconds);
    }
}
