using Google.Protobuf;
using Google.Protobuf.Collections;
using Maep.Export.Proto;
using AttributeType = Maep.Export.Proto.AttributeProto.Types.AttributeType;

namespace Maep.Transforms;

/// <summary>
/// Puts a column's layout and tiling into the ONNX file of a purifier, around its own graph. Batches and the saved stock chain then run the
/// same file, so they agree bit for bit, and ONNX Runtime does the work.
/// </summary>
internal static class PurifierGraph
{
    private const int FloatType = 1;
    private const int HalfType = 10;
    private const int LeastOpset = 8;
    private const int LeastOpsetAround = 13;
    private const string InnerInput = "maep.inner.image";
    private const string InnerOutput = "maep.inner.purified";

    // Where a saved model clamps; batches do it outside the graph, where they can tell that there was something to clamp.
    private const string Clamp = "maep.clamp";
    private const string ClampBelow = "maep.clamp.below";

    /// <summary>The file for a column: the purifier's own graph, with the column's layout and tiles around it.</summary>
    /// <exception cref="InvalidDataException">The file's operator set is too old to build around.</exception>
    public static byte[] For(PurifierFile file, PurifiedColumn column)
    {
        var model = ModelProto.Parser.ParseFrom(file.Bytes);
        var opset = model.OpsetImport.FirstOrDefault(import => import.Domain.Length == 0)?.Version ?? 0;
        var least = column.Tiles is null && column.Layout.IsPlanarRgb ? LeastOpset : LeastOpsetAround;
        if (opset < least)
        {
            throw new InvalidDataException($"{file.Path}: ONNX operator set {opset} is too old to build around, which needs {LeastOpset}, and {LeastOpsetAround} for a layout or tiles; export it with `maep export`.");
        }
        Surround(model, column);
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
        SetClamp(model.Graph, clamps: true);
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
        SetClamp(model.Graph, clamps: false);
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

    private static void Surround(ModelProto model, PurifiedColumn column)
    {
        var own = model.Graph;
        Rename(own, PurifierFile.InputName, InnerInput);
        Rename(own, PurifierFile.OutputName, InnerOutput);
        var shape = column.Shape(1)[1..];
        if (column.Tiles is { } tile)
        {
            own.Input.Clear(); // of constants that old files list among their inputs, too
            own.Input.Add(GraphWriter.Images(InnerInput, PurifierFile.Channels, tile.Height, tile.Width));
            model.Graph = new GraphProto { Name = own.Name, Input = { GraphWriter.Images(PurifierFile.InputName, shape) }, Output = { GraphWriter.Images(PurifierFile.OutputName, shape) } };
        }
        else
        {
            Replace(own.Input, InnerInput, GraphWriter.Images(PurifierFile.InputName, shape));
            Replace(own.Output, InnerOutput, GraphWriter.Images(PurifierFile.OutputName, shape));
        }
        var nodes = column.Tiles is null ? own.Node.ToList() : [];
        model.Graph.Node.Clear();
        var graph = new GraphWriter(model.Graph);

        var image = ToPlanarRgb(graph, PurifierFile.InputName, column.Layout);
        var purified = InnerOutput;
        if (column.Tiles is null)
        {
            graph.Node("Identity", [image], [InnerInput]);
            model.Graph.Node.AddRange(nodes);
        }
        else
        {
            purified = new TiledGraph(own, column).Write(graph, image);
        }
        graph.Node("Identity", [purified], [ClampBelow]);
        graph.Node("Identity", [ClampBelow], [Clamp]);
        graph.Node("Identity", [FromPlanarRgb(graph, Clamp, column.Layout)], [PurifierFile.OutputName]);
    }

    /// <summary>Makes the two nodes up to <see cref="Clamp"/> clamp to [0, 1], or pass values on. Max and Min keep NaN, which Clip need not.</summary>
    private static void SetClamp(GraphProto graph, bool clamps)
    {
        foreach (var (type, output, bound) in new[] { ("Max", ClampBelow, 0f), ("Min", Clamp, 1f) })
        {
            if (graph.Node.FirstOrDefault(node => node.Output.Contains(output)) is not { } node)
            {
                return; // saved by version 0.1.0
            }
            node.OpType = clamps ? type : "Identity";
            var limit = $"{output}.limit";
            if (clamps)
            {
                node.Input.Add(limit);
                graph.Initializer.Add(new TensorProto { Name = limit, DataType = FloatType, FloatData = { bound } });
            }
            else if (node.Input.Remove(limit))
            {
                graph.Initializer.Remove(graph.Initializer.Single(tensor => tensor.Name == limit));
            }
        }
    }

    private static string ToPlanarRgb(GraphWriter graph, string x, PixelLayout layout)
    {
        if (layout.Interleaved)
        {
            x = graph.Transpose(x, 0, 3, 1, 2);
        }
        x = Permute(graph, x, layout.Positions);
        return layout.IsNormalised
            ? graph.Node("Add", [graph.Node("Mul", [x, Channels(graph, layout.StandardDeviation)]), Channels(graph, layout.Mean)])
            : x;
    }

    private static string FromPlanarRgb(GraphWriter graph, string x, PixelLayout layout)
    {
        if (layout.IsNormalised)
        {
            x = graph.Node("Div", [graph.Node("Sub", [x, Channels(graph, layout.Mean)]), Channels(graph, layout.StandardDeviation)]);
        }
        x = Permute(graph, x, [.. Enumerable.Range(0, PurifierFile.Channels).Select(colour => Array.IndexOf(layout.Positions, colour))]);
        return layout.Interleaved ? graph.Transpose(x, 0, 2, 3, 1) : x;
    }

    private static string Permute(GraphWriter graph, string x, int[] order) => order is [0, 1, 2]
        ? x
        : graph.Gather(x, graph.Constant([.. order.Select(index => (long)index)]), 1);

    private static string Channels(GraphWriter graph, IReadOnlyList<float> values) => graph.Constant([.. values], 1, PurifierFile.Channels, 1, 1);

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
}
