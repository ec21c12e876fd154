using System.Globalization;
using Maep.Transforms;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>
/// A purifier of one size over larger images: overlapping tiles, evenly spread, purified as one batch and blended linearly where they overlap. The same tiles and
/// weights as the transform's <c>SizeHandling.Tile</c>, differentiable, so that adaptive attacks see the whole of it. Images [N, 3, H, W] in [0, 1] to the same.
/// </summary>
public sealed class TiledPurifier : Purifier
{
    private readonly Purifier _purifier;

    /// <param name="purifier">Images [N, 3, tile, tile] in [0, 1] to the same.</param>
    /// <param name="tile">Rows and columns of a tile, pixels.</param>
    /// <param name="overlap">Least pixels that neighbouring tiles share, 0 to half a tile.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
    public TiledPurifier(Purifier purifier, int tile, int overlap) : base(nameof(TiledPurifier))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tile, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlap, tile / 2);
        (_purifier, Tile, Overlap) = (purifier, tile, overlap);
        RegisterComponents();
    }

    /// <summary>Rows and columns of a tile, pixels.</summary>
    public int Tile { get; }

    /// <summary>Least pixels that neighbouring tiles share.</summary>
    public int Overlap { get; }

    /// <inheritdoc/>
    public override string? Name => _purifier.Name;

    /// <inheritdoc/>
    public override string Tiling => string.Create(CultureInfo.InvariantCulture, $"tiles of {Tile}x{Tile}, overlap {Overlap} or more");

    /// <inheritdoc/>
    public override string? GradientStandIn => _purifier.GradientStandIn;

    /// <inheritdoc/>
    public override bool OptimisesAtTestTime => _purifier.OptimisesAtTestTime;

    /// <inheritdoc/>
    public override long PixelsOf(int height, int width) => Tiles(height, width) * (long)Tile * Tile;

    /// <summary>First pixels of the tiles along an axis, except the first tile's 0, and the pixels after their ends, except the last's: where a seam would be.</summary>
    /// <param name="length">Pixels of the axis.</param>
    public IReadOnlyList<int> Borders(int length)
    {
        var pixels = new TileAxis(length, Tile, Overlap).Indices();
        return [.. Enumerable.Range(0, pixels.Length / Tile).SelectMany(tile => new[] { (int)pixels[tile * Tile], (int)pixels[(tile * Tile) + Tile - 1] + 1 })
            .Where(border => border > 0 && border < length).Distinct().Order()];
    }

    /// <summary>Number of tiles of an image.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public int Tiles(int height, int width) => new TileAxis(height, Tile, Overlap).Count * new TileAxis(width, Tile, Overlap).Count;

    /// <summary>The tiles of all images.</summary>
    /// <param name="images">[N, 3, H, W].</param>
    /// <returns>[N * tiles, 3, tile, tile].</returns>
    public Tensor Cut(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = Axes(images);
        var spread = images.index_select(2, tensor(rows.Indices())).index_select(3, tensor(columns.Indices()));
        return spread.reshape(-1, 3, rows.Count, Tile, columns.Count, Tile).permute(0, 2, 4, 1, 3, 5).reshape(-1, 3, Tile, Tile).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        if (input.shape[2] == Tile && input.shape[3] == Tile)
            return _purifier.call(input).MoveToOuterDisposeScope();
        return Purify(input, _purifier.call).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>What a function of tiles makes of whole images.</summary>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="purify">[N * tiles, 3, tile, tile] to the same.</param>
    /// <returns>[N, 3, H, W], not clamped.</returns>
    public Tensor Purify(Tensor images, Func<Tensor, Tensor> purify)
    {
        using var scope = NewDisposeScope();
        return Join(purify(Cut(images)), images).MoveToOuterDisposeScope();
    }

    // The tiles side by side, then each axis blended by a product with its weights.
    private Tensor Join(Tensor tiles, Tensor images)
    {
        var (rows, columns) = Axes(images);
        var together = tiles.reshape(-1, rows.Count, columns.Count, 3, Tile, Tile).permute(0, 3, 1, 4, 2, 5).reshape(-1, 3, rows.Count * Tile, columns.Count * Tile);
        return tensor(rows.Blending(), [images.shape[2], rows.Count * Tile]).matmul(together)
            .matmul(tensor(columns.Blending(), [images.shape[3], columns.Count * Tile]).t());
    }

    private (TileAxis Rows, TileAxis Columns) Axes(Tensor images) => (new((int)images.shape[2], Tile, Overlap), new((int)images.shape[3], Tile, Overlap));
}
