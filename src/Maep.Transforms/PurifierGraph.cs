using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Maep.Export.Proto;
using AttributeType = Maep.Export.Proto.AttributeProto.Types.AttributeType;

namespace Maep.Transforms;

/// <summary>
/// Puts a column's layout and tiling into the ONNX file of a purifier, around its own graph. Batches and the saved stock chain then run the
/// same file, so they agree bit for bit, and ONNX Runtime does the work.
/// </summary>
internal sealed class PurifierGraph
{
    private const int FloatType = 1;
    private const int Int64Type = 7;
    private const int HalfType = 10;
    private const int LeastOpset = 13;
    private const string InnerInput = "maep.inner.image";
    private const string InnerOutput = "maep.inner.purified";

    private readonly GraphProto _graph;
    private readonly List<NodeProto> _nodes = [];

    private PurifierGraph(GraphProto graph) => _graph = graph;

    /// <summary>The file for a column: the purifier's own bytes where the column is as the purifier wants it.</summary>
    /// <exception cref="InvalidDataException">The file's operator set is too old to build around.</exception>
    public static byte[] For(PurifierFile file, PurifiedColumn column)
    {
        if (column.IsNative)
        {
            return file.Bytes;
        }
        var model = ModelProto.Parser.ParseFrom(file.Bytes);
        var opset = model.OpsetImport.FirstOrDefault(import => import.Domain.Length == 0)?.Version ?? 0;
        if (opset < LeastOpset)
        {
            throw new InvalidDataException($"{file.Path}: ONNX operator set {opset} cannot be given a layout or tiles, which need {LeastOpset}; export it with `maep export`.");
        }
        new PurifierGraph(model.Graph).Surround(column);
        return model.ToByteArray();
    }

    /// <summary>The file as a saved model holds it: with a note, and input and output named as the columns of the saved steps.</summary>
    /// <param name="bytes">The file for a column.</param>
    /// <param name="input">Name of the input.</param>
    /// <param name="output">Name of the output.</param>
    /// <param name="note">Entry <see cref="SavedStep.Key"/> of the metadata.</param>
    public static byte[] ToSaved(byte[] bytes, string input, string output, string note)
    {
        var model = ModelProto.Parser.ParseFrom(bytes);
        Rename(model.Graph, PurifierFile.InputName, input);
        Rename(model.Graph, PurifierFile.OutputName, output);
        foreach (var old in model.MetadataProps.Where(entry => entry.Key == SavedStep.Key).ToList())
        {
            model.MetadataProps.Remove(old);
        }
        model.MetadataProps.Add(new StringStringEntryProto { Key = SavedStep.Key, Value = note });
        // ML.NET reads the type of every initializer and has none for 16-bit floats; what a node gives it does not look at.
        foreach (var half in model.Graph.Initializer.Where(tensor => tensor.DataType == HalfType).ToList())
        {
            model.Graph.Initializer.Remove(half);
            model.Graph.Node.Insert(0, new NodeProto
            {
                OpType = "Constant",
                Output = { half.Name },
                Attribute = { new AttributeProto { Name = "value", T = half, Type = AttributeType.Tensor } },
            });
        }
        return model.ToByteArray();
    }

    /// <summary>The file for a column again, from that of a saved model.</summary>
    public static byte[] FromSaved(byte[] bytes)
    {
        var model = ModelProto.Parser.ParseFrom(bytes);
        Rename(model.Graph, model.Graph.Input[0].Name, PurifierFile.InputName);
        Rename(model.Graph, model.Graph.Output[0].Name, PurifierFile.OutputName);
        return model.ToByteArray();
    }

    /// <summary>An entry of a file's metadata; null where it has none, or is no ONNX file.</summary>
    public static string? Metadata(byte[] bytes, string key)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes).MetadataProps.FirstOrDefault(entry => entry.Key == key)?.Value;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private void Surround(PurifiedColumn column)
    {
        Rename(_graph, PurifierFile.InputName, InnerInput);
        Rename(_graph, PurifierFile.OutputName, InnerOutput);
        var own = _graph.Node.ToList();
        var tiles = column.Tiles is { } size
            ? (Rows: new TileAxis(column.Height, size.Height, size.Overlap), Columns: new TileAxis(column.Width, size.Width, size.Overlap), Size: size)
            : ((TileAxis Rows, TileAxis Columns, TileSize Size)?)null;

        var image = ToPlanarRgb(PurifierFile.InputName, column.Layout);
        Identity(tiles is null ? image : Cut(image, tiles.Value.Rows, tiles.Value.Columns, tiles.Value.Size), InnerInput);
        _nodes.AddRange(own);
        var purified = tiles is null ? InnerOutput : Join(InnerOutput, tiles.Value.Rows, tiles.Value.Columns, tiles.Value.Size);
        Identity(FromPlanarRgb(purified, column.Layout), PurifierFile.OutputName);

        _graph.Node.Clear();
        _graph.Node.AddRange(_nodes);
        Replace(_graph.Input, InnerInput, Value(PurifierFile.InputName, column.Shape));
        Replace(_graph.Output, InnerOutput, Value(PurifierFile.OutputName, column.Shape));
    }

    private string ToPlanarRgb(string x, PixelLayout layout)
    {
        if (layout.Interleaved)
        {
            x = Node("Transpose", [x], Ints("perm", 0, 3, 1, 2));
        }
        x = Permute(x, layout.Positions);
        return layout.IsNormalised
            ? Node("Add", [Node("Mul", [x, Channels("deviation", layout.StandardDeviation)]), Channels("mean", layout.Mean)])
            : x;
    }

    private string FromPlanarRgb(string x, PixelLayout layout)
    {
        if (layout.IsNormalised)
        {
            x = Node("Div", [Node("Sub", [x, Channels("mean", layout.Mean)]), Channels("deviation", layout.StandardDeviation)]);
        }
        x = Permute(x, [.. Enumerable.Range(0, PurifierFile.Channels).Select(colour => Array.IndexOf(layout.Positions, colour))]);
        return layout.Interleaved ? Node("Transpose", [x], Ints("perm", 0, 2, 3, 1)) : x;
    }

    private string Permute(string x, int[] order) => order is [0, 1, 2]
        ? x
        : Node("Gather", [x, Constant([.. order.Select(index => (long)index)])], Int("axis", 1));

    /// <summary>[N, 3, H, W] to [N * tiles, 3, h, w].</summary>
    private string Cut(string x, TileAxis rows, TileAxis columns, TileSize size)
    {
        x = Node("Gather", [x, Constant(rows.Indices())], Int("axis", 2));
        x = Node("Gather", [x, Constant(columns.Indices())], Int("axis", 3));
        x = Reshape(x, -1, PurifierFile.Channels, rows.Count, size.Height, columns.Count, size.Width);
        x = Node("Transpose", [x], Ints("perm", 0, 2, 4, 1, 3, 5));
        return Reshape(x, -1, PurifierFile.Channels, size.Height, size.Width);
    }

    /// <summary>[N * tiles, 3, h, w] to [N, 3, H, W]: the tiles side by side, then each axis blended by a product with its weights.</summary>
    private string Join(string x, TileAxis rows, TileAxis columns, TileSize size)
    {
        x = Reshape(x, -1, rows.Count, columns.Count, PurifierFile.Channels, size.Height, size.Width);
        x = Node("Transpose", [x], Ints("perm", 0, 3, 1, 4, 2, 5));
        x = Reshape(x, -1, PurifierFile.Channels, rows.Count * size.Height, columns.Count * size.Width);
        if (!rows.IsExact)
        {
            var weights = rows.Blending();
            x = Node("MatMul", [Constant(weights, weights.Length / (rows.Count * size.Height), rows.Count * size.Height), x]);
        }
        if (!columns.IsExact)
        {
            var weights = columns.Blending();
            var transposed = Node("Transpose", [Constant(weights, weights.Length / (columns.Count * size.Width), columns.Count * size.Width)]);
            x = Node("MatMul", [x, transposed]);
        }
        // Weights that sum to 1 up to rounding may leave the range by as much.
        return Node("Clip", [x, Constant([0f]), Constant([1f])]);
    }

    private static void Rename(GraphProto graph, string from, string to)
    {
        foreach (var node in graph.Node)
        {
            Rename(node.Input, from, to);
            Rename(node.Output, from, to);
            foreach (var inner in node.Attribute.Where(attribute => attribute.G is not null))
            {
                Rename(inner.G, from, to);
            }
        }
        foreach (var value in graph.Input.Concat(graph.Output).Where(value => value.Name == from))
        {
            value.Name = to;
        }
    }

    private static void Rename(RepeatedField<string> names, string from, string to)
    {
        for (var index = 0; index < names.Count; index++)
        {
            names[index] = names[index] == from ? to : names[index];
        }
    }

    private static void Replace(RepeatedField<ValueInfoProto> values, string name, ValueInfoProto value)
    {
        for (var index = 0; index < values.Count; index++)
        {
            values[index] = values[index].Name == name ? value : values[index];
        }
    }

    private string Node(string type, string[] inputs, params AttributeProto[] attributes)
    {
        var output = $"maep.around.{_nodes.Count}";
        var node = new NodeProto { OpType = type, Input = { inputs }, Output = { output } };
        node.Attribute.AddRange(attributes);
        _nodes.Add(node);
        return output;
    }

    private void Identity(string x, string output) => _nodes.Add(new NodeProto { OpType = "Identity", Input = { x }, Output = { output } });

    private string Reshape(string x, params long[] shape) => Node("Reshape", [x, Constant(shape)]);

    private string Channels(string name, IReadOnlyList<float> values) =>
        Store($"maep.around.{name}", FloatType, [1, PurifierFile.Channels, 1, 1], MemoryMarshal.AsBytes(values.ToArray().AsSpan()));

    private string Constant(long[] values) => Store($"maep.around.constant.{_graph.Initializer.Count}", Int64Type, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    private string Constant(float[] values, params long[] shape) =>
        Store($"maep.around.constant.{_graph.Initializer.Count}", FloatType, shape, MemoryMarshal.AsBytes(values.AsSpan()));

    private string Store(string name, int type, long[] shape, ReadOnlySpan<byte> bytes)
    {
        if (_graph.Initializer.All(tensor => tensor.Name != name))
        {
            _graph.Initializer.Add(new TensorProto { Name = name, DataType = type, Dims = { shape }, RawData = ByteString.CopyFrom(bytes) });
        }
        return name;
    }

    private static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = AttributeType.Int };

    private static AttributeProto Ints(string name, params long[] values) => new() { Name = name, Ints = { values }, Type = AttributeType.Ints };

    private static ValueInfoProto Value(string name, Func<long, long[]> shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "N" });
        dimensions.Dim.AddRange(shape(1).Skip(1).Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = FloatType, Shape = dimensions } } };
    }
}
