namespace Maep.Transforms;

/// <summary>
/// Tiles along one axis of an image: as few as overlap at least as much as asked, evenly spread from border to border.
/// An axis shorter than a tile is one tile, continued by mirroring.
/// </summary>
internal sealed class TileAxis
{
    /// <summary>Least pixels that neighbouring tiles share where nothing else is asked for.</summary>
    public const int DefaultOverlap = 4;

    private readonly int _length;
    private readonly int _tile;
    private readonly int[] _starts;

    /// <param name="length">Pixels of the axis.</param>
    /// <param name="tile">Pixels of a tile.</param>
    /// <param name="overlap">Least pixels that neighbours share, below <paramref name="tile"/>.</param>
    public TileAxis(int length, int tile, int overlap)
    {
        (_length, _tile) = (length, tile);
        var count = length <= tile ? 1 : (int)Math.Ceiling((length - overlap) / (double)(tile - overlap));
        _starts = [.. Enumerable.Range(0, count).Select(index => count == 1 ? 0 : (int)Math.Round(index * (length - tile) / (double)(count - 1)))];
    }

    /// <summary>Tiles on the axis.</summary>
    public int Count => _starts.Length;

    /// <summary>Pixels of the axis.</summary>
    public int Length => _length;

    /// <summary>Pixels of a tile.</summary>
    public int Tile => _tile;

    /// <summary>First pixel of a tile.</summary>
    public int Start(int tile) => _starts[tile];

    /// <summary>[Count * tile] pixel of the axis that each pixel of the tiles side by side shows.</summary>
    public long[] Indices() => [.. _starts.SelectMany(start => Enumerable.Range(start, _tile)).Select(Mirror)];

    /// <summary>
    /// [length, Count * tile], row by row: how much each pixel of the tiles counts for each pixel of the axis. Rows sum to 1; in an overlap
    /// the weights rise and fall linearly, so that no border of a tile shows.
    /// </summary>
    public float[] Blending()
    {
        var columns = Count * _tile;
        var weights = new float[_length * columns];
        foreach (var (pixel, shares) in Shares().Index())
        {
            foreach (var (index, weight) in shares)
            {
                weights[(pixel * columns) + index] = weight;
            }
        }
        return weights;
    }

    /// <summary>For each pixel of the axis the pixels of the tiles, side by side, that show it, and their weights as in <see cref="Blending"/>.</summary>
    public (int Index, float Weight)[][] Shares() => [.. Enumerable.Range(0, _length).Select(pixel =>
    {
        (int Index, float Weight)[] shares = [.. Enumerable.Range(0, Count).Select(tile => (Tile: tile, Offset: pixel - _starts[tile])).Where(place => place.Offset >= 0 && place.Offset < _tile)
            .Select(place => ((place.Tile * _tile) + place.Offset, Ramp(place.Tile, place.Offset)))];
        var sum = shares.Aggregate(0f, (sum, share) => sum + share.Weight);
        return shares.Select(share => (share.Index, share.Weight / sum)).ToArray();
    })];

    private float Ramp(int index, int offset)
    {
        var before = index == 0 ? 0 : _starts[index - 1] + _tile - _starts[index];
        var after = index == Count - 1 ? 0 : _starts[index] + _tile - _starts[index + 1];
        var rising = offset < before ? (offset + 1f) / (before + 1) : 1;
        var fromEnd = _tile - 1 - offset;
        var falling = fromEnd < after ? (fromEnd + 1f) / (after + 1) : 1;
        return Math.Min(rising, falling);
    }

    private long Mirror(int pixel)
    {
        if (_length == 1)
        {
            return 0;
        }
        var period = 2 * (_length - 1);
        var inPeriod = pixel % period;
        return inPeriod < _length ? inPeriod : period - inPeriod;
    }
}
