using System.Numerics.Tensors;

namespace Maep.Corruptions.Filters;

/// <summary>A filter in two dimensions: each target pixel is a weighted sum of source pixels at fixed offsets.</summary>
/// <param name="taps">Offsets in rows and columns, and weights.</param>
/// <param name="edge">What lies outside the image.</param>
internal sealed class OffsetKernel(IReadOnlyList<(int Down, int Across, float Weight)> taps, EdgeRule edge)
{
    /// <summary>Offsets and weights.</summary>
    public IReadOnlyList<(int Down, int Across, float Weight)> Taps => taps;

    /// <summary>Filters a square plane.</summary>
    public float[] Apply(float[] plane, int side)
    {
        var margin = taps.Max(tap => Math.Max(Math.Abs(tap.Down), Math.Abs(tap.Across)));
        var wide = side + (2 * margin);
        var padded = Pad(plane, side, margin);
        var result = new float[plane.Length];
        for (var row = 0; row < side; row++)
        {
            var sum = result.AsSpan(row * side, side);
            foreach (var (down, across, weight) in taps)
                TensorPrimitives.MultiplyAdd(padded.AsSpan(((row + margin + down) * wide) + margin + across, side), weight, sum, sum);
        }
        return result;
    }

    private float[] Pad(float[] plane, int side, int margin)
    {
        var wide = side + (2 * margin);
        var padded = new float[wide * wide];
        for (var row = 0; row < wide; row++)
        {
            var source = edge.Inside(row - margin, side) * side;
            for (var column = 0; column < wide; column++)
                padded[(row * wide) + column] = plane[source + edge.Inside(column - margin, side)];
        }
        return padded;
    }
}
