using System.Globalization;

namespace Maep.Transforms;

/// <summary>The values that the colours 0 and 1 have in the layout of a column: what a purified value may be.</summary>
internal sealed class ColourRange
{
    // Blending and normalising round; more than this share of the range is no rounding.
    private const float Rounding = 1e-4f;

    private readonly (float Least, float Most)[] _ranges; // for each place among the three colours
    private readonly bool _isInterleaved;

    private ColourRange((float Least, float Most)[] ranges, bool isInterleaved) => (_ranges, _isInterleaved) = (ranges, isInterleaved);

    /// <summary>The range of a layout, computed as its ONNX nodes compute it, so that clamping before and after them is the same.</summary>
    public static ColourRange Of(PixelLayout layout)
    {
        var ranges = new (float Least, float Most)[PurifierFile.Channels];
        for (var colour = 0; colour < ranges.Length; colour++)
        {
            var (mean, deviation) = (layout.Mean[colour], layout.StandardDeviation[colour]);
            ranges[layout.Positions[colour]] = ((0 - mean) / deviation, (1 - mean) / deviation);
        }
        return new ColourRange(ranges, layout.Interleaved);
    }

    /// <summary>Any finite value: for a column whose layout only its file knows.</summary>
    public static ColourRange Unknown { get; } = new([.. Enumerable.Repeat((float.MinValue, float.MaxValue), PurifierFile.Channels)], isInterleaved: false);

    /// <summary>Clamps every value of an image in place.</summary>
    /// <returns>The first value that was not finite, and then nothing is clamped from there on; else the farthest outside; null where all were inside, up to rounding.</returns>
    public float? Clamp(Span<float> image)
    {
        float? excess = null;
        var most = Rounding;
        var plane = image.Length / _ranges.Length;
        for (var place = 0; place < _ranges.Length; place++)
        {
            var (low, high) = _ranges[place];
            var (first, step) = _isInterleaved ? (place, _ranges.Length) : (place * plane, 1);
            for (var (index, count) = (first, 0); count < plane; index += step, count++)
            {
                var value = image[index];
                if (value >= low && value <= high)
                {
                    continue;
                }
                if (!float.IsFinite(value))
                {
                    return value;
                }
                image[index] = Math.Clamp(value, low, high);
                var outside = Math.Max(low - value, value - high) / (high - low);
                if (outside > most)
                {
                    (excess, most) = (value, outside);
                }
            }
        }
        return excess;
    }

    public override string ToString() => string.Join("; ", _ranges.Distinct().Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.Least} to {range.Most}")));
}
