using Maep.Transforms;
using static TorchSharp.torch;

namespace Maep.Training.Purifiers;

/// <summary>
/// A purifier of one size over larger images: overlapping tiles, evenly spread, purified as one batch and blended linearly where they overlap. The same tiles and
/// weights as the transform's <c>SizeHandling.Tile</c>, differentiable, so that adaptive attacks see the whole of it. Images [N, 3, H, W] in [0, 1] to the same.
/// </summary>
public sealed class TiledPurifier : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _purifier;

    /// <param name="purifier">Images [N, 3, tile, tile] in [0, 1] to the same.</param>
    /// <param name="tile">Rows and columns of a tile, pixels.</param>
    /// <param name="overlap">Least pixels that neighbouring tiles share, 0 to half a tile.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
    public TiledPurifier(nn.Module<Tensor, Tensor> purifier, int tile, int overlap) : base(nameof(TiledPurifier))
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
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (height, width) = ((int)input.shape[2], (int)input.shape[3]);
        if ((height, width) == (Tile, Tile))
            return _purifier.call(input).MoveToOuterDisposeScope();
        var (rows, columns) = (new TileAxis(height, Tile, Overlap), new TileAxis(width, Tile, Overlap));

        var spread = input.index_select(2, tensor(rows.Indices())).index_select(3, tensor(columns.Indices()));
        var tiles = spread.reshape(-1, 3, rows.Count, Tile, columns.Count, Tile).permute(0, 2, 4, 1, 3, 5).reshape(-1, 3, Tile, Tile);
        var purified = _purifier.call(tiles).reshape(-1, rows.Count, columns.Count, 3, Tile, Tile).permute(0, 3, 1, 4, 2, 5)
            .reshape(-1, 3, rows.Count * Tile, columns.Count * Tile);
        var blended = tensor(rows.Blending(), [height, rows.Count * Tile]).matmul(purified).matmul(tensor(columns.Blending(), [width, columns.Count * Tile]).t());
        return blended.clamp(0, 1).MoveToOuterDisposeScope();
    }
}
