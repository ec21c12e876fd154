using Maep.Export.Proto;
using static Maep.Transforms.GraphWriter;

namespace Maep.Transforms;

/// <summary>
/// Nodes that cut images into tiles, purify them and blend them: a Scan over bands of tiles, in it one over parts of a band, in it the
/// purifier. So the memory for the tiles of a photograph is that of one part, and a saved model keeps to it too.
/// </summary>
internal sealed class TiledGraph
{
    /// <summary>Working memory of a tile in the shipped purifiers, by the bytes of its pixels: 1.35 MiB for 32x32, measured.</summary>
    private const int WorkingMemory = 115;

    private const int Channels = PurifierFile.Channels;

    private readonly GraphProto _purifier;
    private readonly TileSize _tile;
    private readonly TileAxis _columns;
    private readonly TileBands _bands;
    private readonly int _width;
    private readonly int _parts;
    private readonly int _tilesOfPart; // in each row of tiles

    /// <param name="purifier">The graph of the purifier, for tiles; it becomes a body.</param>
    /// <param name="column">The column, with tiles.</param>
    public TiledGraph(GraphProto purifier, PurifiedColumn column)
    {
        _purifier = purifier;
        _tile = column.Tiles!;
        _width = column.Width;
        _columns = new TileAxis(column.Width, _tile.Width, _tile.Overlap);
        var most = (int)Math.Max(1, PurifierMapping.MaximumBatchBytes / ((long)sizeof(float) * Channels * _tile.Height * _tile.Width * WorkingMemory));
        _parts = (int)Math.Ceiling(_columns.Count / (double)most);
        _tilesOfPart = (int)Math.Ceiling(_columns.Count / (double)_parts);
        _bands = new TileBands(new TileAxis(column.Height, _tile.Height, _tile.Overlap), Math.Max(1, most / _columns.Count));
    }

    /// <summary>Appends the nodes.</summary>
    /// <param name="graph">Where to.</param>
    /// <param name="image">[N, 3, H, W], planar RGB in [0, 1].</param>
    /// <returns>[N, 3, H, W], purified.</returns>
    public string Write(GraphWriter graph, string image)
    {
        var bands = (long)_bands.Count;
        var blending = _bands.Blending();
        var (carriedRows, carriedExists) = _bands.Carried();
        List<string> inputs =
        [
            Nothing(graph, image),
            graph.Constant(_bands.TilePixels, bands, _bands.TileRows * _tile.Height),
            graph.Constant(carriedRows, bands, _bands.Span),
            graph.Constant(carriedExists, bands, _bands.Span, 1, 1, 1),
        ];
        inputs.AddRange(blending.Select(term => graph.Constant(term.Rows, bands, _bands.Span)));
        inputs.AddRange(blending.Select(term => graph.Constant(term.Weights, bands, _bands.Span, 1, 1, 1)));
        var (rest, stacked) = (graph.NewName(), graph.NewName());
        graph.Node("Scan", [.. inputs], [rest, stacked], Body(Band(graph, image, blending.Count)), Int("num_scan_inputs", inputs.Count - 1));

        // [bands, advance, N, 3, W]: rows of pixels first, so that stacking them is no copy.
        var finished = _bands.Finished();
        var rows = graph.Gather(graph.Reshape(stacked, bands * _bands.Advance, -1, Channels, _width), graph.Constant(finished), 0);
        return graph.Transpose(WithRest(graph, rows, rest, finished.Length), 1, 2, 0, 3);
    }

    private string WithRest(GraphWriter graph, string rows, string rest, int finished)
    {
        var missing = _bands.Height - finished;
        return missing == 0 ? rows : graph.Node("Concat", [rows, graph.Node("Slice", [rest, graph.Constant([0L]), graph.Constant([(long)missing]), graph.Constant([0L])])], Int("axis", 0));
    }

    /// <summary>[span, N, 3, W] zeros: what is carried into the first band.</summary>
    private string Nothing(GraphWriter graph, string image)
    {
        var count = graph.Node("Slice", [graph.Node("Shape", [image]), graph.Constant([0L]), graph.Constant([1L])]);
        return graph.Node("ConstantOfShape", [graph.Node("Concat", [graph.Constant([(long)_bands.Span]), count, graph.Constant([Channels, (long)_width])], Int("axis", 0))]);
    }

    /// <summary>One band: purified, blended, added to what was carried over; the rows it finishes, and the others for the next.</summary>
    private GraphProto Band(GraphWriter graph, string image, int terms)
    {
        var body = graph.Body();
        var carried = body.Input(isFloat: true);
        var pixels = body.Input(isFloat: false);
        var carriedRows = body.Input(isFloat: false);
        var carriedExists = body.Input(isFloat: true);
        string[] rows = [.. Enumerable.Range(0, terms).Select(_ => body.Input(isFloat: false))];
        string[] weights = [.. Enumerable.Range(0, terms).Select(_ => body.Input(isFloat: true))];

        var purified = body.Transpose(Purify(body, body.Gather(image, pixels, 2)), 2, 0, 1, 3); // [rows of the tiles, N, 3, W]
        var sum = carried;
        foreach (var (row, weight) in rows.Zip(weights))
        {
            sum = body.Node("Add", [sum, Weighted(body, body.Gather(purified, row, 0), weight)]);
        }
        var next = Weighted(body, body.Gather(sum, carriedRows, 0), carriedExists);
        var finished = body.Node("Slice", [sum, body.Constant([0L]), body.Constant([(long)_bands.Advance]), body.Constant([0L])]);
        body.Output(next, finished);
        return body.Graph;
    }

    /// <summary>[N, 3, rows of the tiles, W] to the same, each tile purified and neighbours in a row blended.</summary>
    private string Purify(GraphWriter graph, string strip)
    {
        var (count, tileRows) = (_parts * _tilesOfPart, _bands.TileRows);
        var indices = _columns.Indices();
        // Parts are of one size: the last one repeats the last tile.
        long[] padded = [.. Enumerable.Range(0, count).SelectMany(tile => indices.AsSpan(Math.Min(tile, _columns.Count - 1) * _tile.Width, _tile.Width).ToArray())];
        var x = graph.Reshape(graph.Gather(strip, graph.Constant(padded), 3), -1, Channels, tileRows, _tile.Height, _parts, _tilesOfPart, _tile.Width);
        x = graph.Reshape(graph.Transpose(x, 4, 0, 2, 5, 1, 3, 6), _parts, -1, Channels, _tile.Height, _tile.Width);
        x = graph.Node("Scan", [x], Body(_purifier), Int("num_scan_inputs", 1));
        x = graph.Reshape(x, _parts, -1, tileRows, _tilesOfPart, Channels, _tile.Height, _tile.Width);
        x = graph.Reshape(graph.Transpose(x, 1, 4, 2, 5, 0, 3, 6), -1, Channels, tileRows * _tile.Height, count * _tile.Width);

        var shares = _columns.Shares();
        return Enumerable.Range(0, shares.Max(own => own.Length)).Select(term =>
        {
            var pixels = graph.Constant([.. shares.Select(own => (long)own[term < own.Length ? term : 0].Index)]);
            return Weighted(graph, graph.Gather(x, pixels, 3), graph.Constant([.. shares.Select(own => term < own.Length ? own[term].Weight : 0)], _width));
        }).ToArray().Aggregate((sum, term) => graph.Node("Add", [sum, term]));
    }

    private static string Weighted(GraphWriter graph, string x, string weights) => graph.Node("Mul", [x, weights]);
}
