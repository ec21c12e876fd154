using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Purifiers;

/// <summary>LIIF asked at arbitrary coordinates, step by step as in the published code (yinboc/liif, models/liif.py, query_rgb): what the decoder simplifies.</summary>
internal static class LiifReference
{
    private const double Shift = 1e-6;

    /// <summary>Colours at the centres of the features' own pixels.</summary>
    /// <param name="features">[N, D, H, W].</param>
    /// <param name="layers">Weight and bias of each linear layer in turn.</param>
    public static Tensor Query(Tensor features, Tensor[] layers)
    {
        var (count, height, width) = (features.shape[0], features.shape[2], features.shape[3]);
        var unfolded = nn.functional.unfold(features, 3, padding: 1).reshape(count, -1, height, width);
        var centres = Centres(height, width);                                                     // [2, H, W]
        var coordinates = centres.flatten(1).transpose(0, 1).unsqueeze(0).expand(count, -1, -1);  // [N, Q, 2], rows then columns
        var scale = tensor(new float[] { height, width });
        var cell = (2 / scale).expand(count, height * width, 2) * scale;
        List<(Tensor Colours, Tensor Area)> neighbours = [];
        foreach (var (vx, vy) in new[] { (-1, -1), (-1, 1), (1, -1), (1, 1) })
        {
            var shifted = (coordinates + tensor(new[] { (float)((vx * (1.0 / height)) + Shift), (float)((vy * (1.0 / width)) + Shift) })).clamp(-1 + Shift, 1 - Shift);
            var place = shifted.flip(-1).unsqueeze(1); // grid_sample takes columns first
            var nearest = Sample(unfolded, place);
            var relative = (coordinates - Sample(centres.unsqueeze(0).expand(count, -1, -1, -1), place)) * scale;
            neighbours.Add((Perceptron(cat([nearest, relative, cell], -1), layers), relative.prod(-1).abs() + 1e-9));
        }
        var total = neighbours.Select(neighbour => neighbour.Area).Aggregate((sum, area) => sum + area);
        // Each prediction weighs as the area on the opposite side.
        return Enumerable.Range(0, 4).Select(index => neighbours[index].Colours * (neighbours[3 - index].Area / total).unsqueeze(-1))
            .Aggregate((sum, part) => sum + part).transpose(1, 2).reshape(count, 3, height, width);
    }

    private static Tensor Centres(long height, long width)
    {
        var (rows, columns) = (Axis(height), Axis(width));
        return stack([rows.unsqueeze(1).expand(height, width), columns.unsqueeze(0).expand(height, width)], 0);

        static Tensor Axis(long length) => -1 + (1f / length) + (2f / length * arange(length, ScalarType.Float32));
    }

    private static Tensor Sample(Tensor values, Tensor place) =>
        nn.functional.grid_sample(values, place, GridSampleMode.Nearest, GridSamplePaddingMode.Zeros, align_corners: false).squeeze(2).transpose(1, 2);

    private static Tensor Perceptron(Tensor values, Tensor[] layers)
    {
        for (var index = 0; index < layers.Length; index += 2)
        {
            values = values.matmul(layers[index].t()) + layers[index + 1];
            if (index + 2 < layers.Length)
                values = values.relu();
        }
        return values;
    }
}
