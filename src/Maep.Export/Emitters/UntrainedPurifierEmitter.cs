using Maep.Networks.Purifiers;

namespace Maep.Export.Emitters;

/// <summary>Writes the purifiers that learned nothing and are made of ONNX operators, for images of any size.</summary>
internal sealed class UntrainedPurifierEmitter(OnnxGraph graph)
{
    private const int Rows = 2, Columns = 3;

    /// <exception cref="ArgumentException">No exporter for this purifier.</exception>
    public string Emit(string images, UntrainedPurifier purifier) => purifier switch
    {
        MedianFilter median => Median(images, median.Window),
        BitDepthReduction bits => graph.Divide(graph.Round(graph.Multiply(images, graph.Scalar(bits.HighestLevel))), graph.Scalar(bits.HighestLevel)),
        TotalVariation variation => Smooth(images, variation.Weight),
        _ => throw new ArgumentException($"'{purifier.Name}' cannot be written as ONNX ({purifier.GetType().Name}); bits, median and tv can."),
    };

    // One shifted copy of the image for each place of the window, and the middle of their order.
    private string Median(string images, int window)
    {
        var border = window / 2;
        var padded = graph.Pad(images, border, border, border, border, "reflect");
        var shifted = from row in Enumerable.Range(0, window)
                      from column in Enumerable.Range(0, window)
                      select graph.Unsqueeze(Shift(Shift(padded, Rows, row, window), Columns, column, window), 0);
        var upperHalf = graph.TopK(graph.Concat([.. shifted], 0), ((window * window) + 1) / 2, 0);
        return graph.Squeeze(graph.Slice(upperHalf, 0, -1, long.MaxValue), 0);
    }

    private string Shift(string x, int axis, int by, int window) => graph.Slice(x, axis, by, by == window - 1 ? long.MaxValue : by - window + 1);

    private string Smooth(string images, double weight)
    {
        var step = graph.Scalar((float)TotalVariation.StepSize);
        var image = images;
        var down = graph.Multiply(images, graph.Scalar(0));
        var right = down;
        for (var iteration = 0; iteration < TotalVariation.Steps; iteration++)
        {
            var slopeDown = graph.Pad(Difference(image, Rows), 0, 0, 1, 0);
            var slopeRight = graph.Pad(Difference(image, Columns), 0, 0, 0, 1);
            var square = graph.Add(graph.Multiply(slopeDown, slopeDown), graph.Multiply(slopeRight, slopeRight));
            var length = graph.Sqrt(graph.Add(square, graph.Scalar((float)TotalVariation.Flat)));
            var shrink = graph.Add(graph.Multiply(length, graph.Scalar((float)(TotalVariation.StepSize / weight))), graph.Scalar(1));
            down = graph.Divide(graph.Subtract(down, graph.Multiply(step, slopeDown)), shrink);
            right = graph.Divide(graph.Subtract(right, graph.Multiply(step, slopeRight)), shrink);
            image = graph.Subtract(images, Divergence(down, right));
        }
        return graph.Clip(image, 0, 1);
    }

    private string Difference(string x, int axis) => graph.Subtract(graph.Slice(x, axis, 1, long.MaxValue), graph.Slice(x, axis, 0, -1));

    private string Divergence(string down, string right)
    {
        var above = graph.Pad(graph.Slice(down, Rows, 0, -1), 1, 0, 0, 0);
        var left = graph.Pad(graph.Slice(right, Columns, 0, -1), 0, 1, 0, 0);
        return graph.Subtract(graph.Add(graph.Subtract(down, above), right), left);
    }
}
