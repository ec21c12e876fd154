using System.Globalization;
using ColorsOrder = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorsOrder;

namespace Maep.Transforms;

/// <summary>
/// How a vector column holds an image: in which order, and in which range. A value is (colour - mean) / standard deviation, the colour in [0, 1].
/// The purified vector has the same layout.
/// </summary>
public sealed record PixelLayout
{
    /// <summary>Planar RGB in [0, 1]: what <c>ExtractPixels</c> gives with <c>scaleImage: 1 / 255f</c>. The default.</summary>
    public static PixelLayout PlanarRgb { get; } = new();

    /// <summary>True: the colours of a pixel stand together, [height, width, 3]; false: each colour is a plane, [3, height, width].</summary>
    public bool Interleaved { get; init; }

    /// <summary>Order of the colours, alpha left out: ARGB means red, green, blue; ABGR means blue, green, red.</summary>
    public ColorsOrder Order { get; init; } = ColorsOrder.ARGB;

    /// <summary>Mean that was subtracted: red, green, blue, on colours in [0, 1].</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0, 0, 0];

    /// <summary>Standard deviation that was divided by, above 0: red, green, blue, on colours in [0, 1].</summary>
    public IReadOnlyList<float> StandardDeviation { get; init; } = [1, 1, 1];

    /// <summary>The layout of <c>ExtractPixels</c> with the same arguments, whose defaults these are; it computes (byte - offset) * scale.</summary>
    /// <param name="orderOfExtraction">Order of the colours.</param>
    /// <param name="interleavePixelColors">Whether the colours of a pixel stand together.</param>
    /// <param name="offsetImage">Subtracted from bytes in 0..255.</param>
    /// <param name="scaleImage">Factor after that, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="scaleImage"/> is not above 0, or <paramref name="offsetImage"/> not finite.</exception>
    public static PixelLayout FromExtractPixels(
        ColorsOrder orderOfExtraction = ColorsOrder.ARGB,
        bool interleavePixelColors = false,
        float offsetImage = 0,
        float scaleImage = 1)
    {
        if (!(scaleImage > 0 && float.IsFinite(scaleImage)))
        {
            throw new ArgumentOutOfRangeException(nameof(scaleImage), scaleImage, "The factor must be above 0; give the scaleImage of ExtractPixels.");
        }
        if (!float.IsFinite(offsetImage))
        {
            throw new ArgumentOutOfRangeException(nameof(offsetImage), offsetImage, "The offset must be finite; give the offsetImage of ExtractPixels.");
        }
        var mean = offsetImage / 255f;
        var deviation = 1 / (255f * scaleImage);
        return new PixelLayout
        {
            Order = orderOfExtraction,
            Interleaved = interleavePixelColors,
            Mean = [mean, mean, mean],
            StandardDeviation = [deviation, deviation, deviation],
        };
    }

    /// <summary>Positions of red, green and blue among the vector's colours.</summary>
    internal int[] Positions
    {
        get
        {
            var letters = $"{Order}".Replace("A", "", StringComparison.Ordinal);
            return [letters.IndexOf('R'), letters.IndexOf('G'), letters.IndexOf('B')];
        }
    }

    /// <summary>The values of colours from -1 to 2: more is no rounding and no noise but another layout.</summary>
    internal (float Least, float Most) Range =>
        (Mean.Zip(StandardDeviation, (mean, deviation) => (-1 - mean) / deviation).Min(), Mean.Zip(StandardDeviation, (mean, deviation) => (2 - mean) / deviation).Max());

    internal bool IsNormalised => Mean.Any(value => value != 0) || StandardDeviation.Any(value => value != 1);

    internal bool IsPlanarRgb => !Interleaved && Order == ColorsOrder.ARGB && !IsNormalised;

    /// <summary>Says what is out of range, one sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (!Enum.IsDefined(Order))
        {
            yield return $"Layout.Order {Order} is not one of {string.Join(", ", Enum.GetNames<ColorsOrder>())}.";
        }
        if (Mean is not { Count: PurifierFile.Channels } || !Mean.All(float.IsFinite))
        {
            yield return $"Layout.Mean [{Join(Mean)}] must be 3 finite values: red, green, blue.";
        }
        if (StandardDeviation is not { Count: PurifierFile.Channels } || !StandardDeviation.All(value => value > 0 && float.IsFinite(value)))
        {
            yield return $"Layout.StandardDeviation [{Join(StandardDeviation)}] must be 3 values above 0: red, green, blue.";
        }
    }

    private static string Join(IReadOnlyList<float>? values) => values is null ? "null" : string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
}
