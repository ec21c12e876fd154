namespace Maep.Transforms;

/// <summary>
/// How the rows of tiles of an image are purified: some at a time, a band, so that memory does not grow with the image. The rows of pixels
/// that a band finishes are given out; those that the next band reaches into are carried over.
/// </summary>
internal sealed class TileBands
{
    private readonly (int Index, float Weight)[][] _shares;
    private readonly int[] _firsts; // first row of pixels of each band
    private readonly int[] _advances; // rows of pixels from a band to the next

    /// <param name="rows">The rows of tiles.</param>
    /// <param name="most">Rows of tiles in a band at most, at least 1.</param>
    public TileBands(TileAxis rows, int most)
    {
        Count = (int)Math.Ceiling(rows.Count / (double)most);
        TileRows = (int)Math.Ceiling(rows.Count / (double)Count);
        Count = (int)Math.Ceiling(rows.Count / (double)TileRows);
        (Tile, Height) = (rows.Tile, rows.Length);
        var pixels = rows.Indices();
        TilePixels = [.. Enumerable.Range(0, Count * TileRows).SelectMany(row => pixels.AsSpan(Math.Min(row, rows.Count - 1) * Tile, Tile).ToArray())];
        _shares = rows.Shares();
        _firsts = [.. Enumerable.Range(0, Count).Select(band => rows.Start(band * TileRows))];
        Span = Enumerable.Range(0, Count).Max(band => rows.Start(Math.Min((band + 1) * TileRows, rows.Count) - 1) + Tile - _firsts[band]);
        Advance = Count == 1 ? Span : Enumerable.Range(1, Count - 1).Max(band => _firsts[band] - _firsts[band - 1]);
        _advances = [.. Enumerable.Range(0, Count).Select(band => band == Count - 1 ? Advance : _firsts[band + 1] - _firsts[band])];
    }

    public int Count { get; }

    /// <summary>Rows of tiles in each; where the last has fewer it repeats the last row with no weight.</summary>
    public int TileRows { get; }

    /// <summary>Rows of pixels that the widest band reaches over.</summary>
    public int Span { get; }

    /// <summary>Rows of pixels that each band gives out; only the rows up to the next band's first count.</summary>
    public int Advance { get; }

    /// <summary>[Count * TileRows * tile] row of the image that each row of pixels of the bands' tiles shows.</summary>
    public long[] TilePixels { get; }

    /// <summary>Rows of pixels of the image.</summary>
    public int Height { get; }

    private int Tile { get; }

    /// <summary>For each term of the sum that blends a band, [Count * Span] rows of its tiles, side by side, and their weights.</summary>
    public IReadOnlyList<(long[] Rows, float[] Weights)> Blending()
    {
        var shares = Enumerable.Range(0, Count * Span).Select(row => Own(row / Span, _firsts[row / Span] + (row % Span))).ToArray();
        return [.. Enumerable.Range(0, shares.Max(own => own.Length)).Select(term => (
            shares.Select(own => term < own.Length ? (long)own[term].Index : 0).ToArray(),
            shares.Select(own => term < own.Length ? own[term].Weight : 0).ToArray()))];
    }

    /// <summary>[Count * Span] the row of a band that each row of the next one was, and 1 where there was one, else 0.</summary>
    public (long[] Rows, float[] Exists) Carried()
    {
        var rows = Enumerable.Range(0, Count * Span).Select(row => (row % Span) + _advances[row / Span]).ToArray();
        return ([.. rows.Select(row => (long)Math.Min(row, Span - 1))], [.. rows.Select(row => row < Span ? 1f : 0)]);
    }

    /// <summary>Each finished row of the image among the rows given out, one band after the other; the rest are the first of those carried over from the last.</summary>
    public long[] Finished()
    {
        var rows = Math.Min(Height, _firsts[^1] + Advance);
        return [.. Enumerable.Range(0, rows).Select(row =>
        {
            var band = Array.FindLastIndex(_firsts, first => first <= row);
            return ((long)band * Advance) + row - _firsts[band];
        })];
    }

    private (int Index, float Weight)[] Own(int band, int row)
    {
        var first = band * TileRows * Tile;
        return row >= Height ? [] : [.. _shares[row].Where(share => share.Index >= first && share.Index < first + (TileRows * Tile)).Select(share => (share.Index - first, share.Weight))];
    }
}
