using System.Globalization;
using Maep.Networks.Purifiers;

namespace Maep.Export.Emitters;

/// <summary>Writes <see cref="Disco"/> for images of any size; <see cref="LocalImplicitDecoder"/> says why its decoder is made of convolutions.</summary>
internal sealed class DiscoEmitter(OnnxGraph graph, DiscoOptions options)
{
    private const int Rows = 2, Columns = 3;
    private const string FirstLayer = "imnet.layers.0";

    private readonly int _features = options.Width * LocalImplicitDecoder.Unfolded * LocalImplicitDecoder.Unfolded;

    public string Emit(string images)
    {
        for (var pass = 0; pass < options.Cascade; pass++)
        {
            var centred = graph.Multiply(graph.Subtract(images, graph.Scalar(0.5f)), graph.Scalar(2));
            var colours = Decode(Encode(centred));
            images = graph.Clip(graph.Add(graph.Multiply(colours, graph.Scalar(0.5f)), graph.Scalar(0.5f)), 0, 1);
        }
        return images;
    }

    private string Encode(string images)
    {
        var shallow = graph.Conv(images, "encoder.head", padding: 1);
        var x = shallow;
        for (var index = 0; index < options.Blocks; index++)
        {
            var block = $"encoder.body.{index.ToString(CultureInfo.InvariantCulture)}";
            x = graph.Add(x, graph.Conv(graph.Relu(graph.Conv(x, $"{block}.conv1", padding: 1)), $"{block}.conv2", padding: 1));
        }
        return graph.Add(shallow, graph.Conv(x, "encoder.tail", padding: 1));
    }

    private string Decode(string features)
    {
        var pixel = graph.Scalar(LocalImplicitDecoder.Pixel);
        var kernel = graph.Reshape(FirstColumns(0, _features), options.DecoderWidth, options.Width, LocalImplicitDecoder.Unfolded, LocalImplicitDecoder.Unfolded);
        var cell = graph.Reshape(graph.Add(FirstColumns(_features + 2, 1), FirstColumns(_features + 3, 1)), options.DecoderWidth);
        var at = graph.Conv(features, kernel, graph.Add(graph.Weight($"{FirstLayer}.bias"), graph.Multiply(cell, pixel)), padding: 1);

        var own = Colours(at);
        var right = Colours(graph.Subtract(Last(From1(at, Columns), Rows), graph.Multiply(Channel(FirstColumns(_features + 1, 1)), pixel)));
        var below = Colours(graph.Subtract(Last(From1(at, Rows), Columns), graph.Multiply(Channel(FirstColumns(_features, 1)), pixel)));
        var lastRow = Mean(Last(ButLast(own, Columns), Rows), right);
        var lastColumn = Mean(Last(ButLast(own, Rows), Columns), below);
        var upper = graph.Concat([ButLast(ButLast(own, Rows), Columns), lastColumn], Columns);
        var lower = graph.Concat([lastRow, Last(Last(own, Rows), Columns)], Columns);
        return graph.Concat([upper, lower], Rows);
    }

    private string Colours(string x)
    {
        for (var layer = 1; layer <= options.DecoderLayers; layer++)
        {
            var name = $"imnet.layers.{(2 * layer).ToString(CultureInfo.InvariantCulture)}";
            var outputs = layer == options.DecoderLayers ? 3 : options.DecoderWidth;
            x = graph.Conv(graph.Relu(x), graph.Reshape(graph.Weight($"{name}.weight"), outputs, options.DecoderWidth, 1, 1), graph.Weight($"{name}.bias"), padding: 0);
        }
        return x;
    }

    private string FirstColumns(int start, int count) => graph.Slice(graph.Weight($"{FirstLayer}.weight"), 1, start, start + count);

    private string Channel(string column) => graph.Reshape(column, 1, options.DecoderWidth, 1, 1);

    private string Mean(string a, string b) => graph.Multiply(graph.Add(a, b), graph.Scalar(0.5f));

    private string ButLast(string x, int axis) => graph.Slice(x, axis, 0, -1);

    private string Last(string x, int axis) => graph.Slice(x, axis, -1, long.MaxValue);

    private string From1(string x, int axis) => graph.Slice(x, axis, 1, long.MaxValue);
}
