namespace Maep.Evaluation;

/// <summary>What one way over large images does to them.</summary>
public sealed record TilingResult
{
    /// <summary>"tiles, overlap 4" or "whole image".</summary>
    public required string Method { get; init; }

    /// <summary>Tiles of one image; 1 for the whole.</summary>
    public required long Tiles { get; init; }

    /// <summary>Right after purification of clean images.</summary>
    public required AccuracyCount Clean { get; init; }

    /// <summary>Right after purification of attacked images, and of the clean ones; the attacker ignores the purifier.</summary>
    public required AccuracyCount NonAdaptive { get; init; }

    /// <summary>Mean PSNR of purified clean images, dB.</summary>
    public required double Psnr { get; init; }

    /// <summary>
    /// Mean step of the correction (purified less original) from pixel to pixel across the borders of tiles, by the mean step elsewhere: 1 where no seam shows.
    /// The whole image is measured at the borders of tiles side by side.
    /// </summary>
    public required double Seam { get; init; }

    /// <summary>Seconds of one clean image.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seconds by those of the tiles alone, already cut; null for the whole image.</summary>
    public required double? CostOverTiles { get; init; }
}
