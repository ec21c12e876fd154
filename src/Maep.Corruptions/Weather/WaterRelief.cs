using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Weather;

/// <summary>
/// How water on glass catches the light: the distance from the drops' edges, evened out and embossed. The steps are those of the
/// authors with OpenCV, 8 bits wherever theirs have 8 bits.
/// </summary>
internal static class WaterRelief
{
    private const float Farthest = 20; // pixels

    private static readonly OffsetKernel Emboss = Kernel(-2, -1, 0, -1, 1, 1, 0, 1, 2);
    private static readonly OffsetKernel Neighbours = Kernel(1, 1, 1, 1, 1, 1, 1, 1, 1);

    /// <summary>Height of the relief, 0 to 255, for each pixel.</summary>
    /// <param name="depth">Depth of the water, 0 where dry.</param>
    /// <param name="side">Rows and columns.</param>
    public static float[] Of(byte[] depth, int side)
    {
        var edges = CannyEdges.Find(depth, side, low: 50, high: 150);
        var distances = Array.ConvertAll(ChamferDistance.To(edges, side), distance => Math.Min(distance, Farthest));
        // A little up, for a plateau of whole pixels must not fall below itself before digits are cut off.
        var smooth = Array.ConvertAll(Neighbours.Apply(distances, side), sum => (float)(int)((sum / 9) + 1e-4f));
        var relief = Array.ConvertAll(Emboss.Apply(Equalized(smooth), side), value => Math.Clamp(value, 0, 255));
        return Array.ConvertAll(Neighbours.Apply(relief, side), sum => MathF.Round(sum / 9));
    }

    /// <summary>Spreads whole grey levels so that each is as common as the next, the lowest at 0 and the highest at 255.</summary>
    internal static float[] Equalized(float[] levels)
    {
        var counts = new int[256];
        foreach (var level in levels)
            counts[(int)level]++;
        var lowest = Array.FindIndex(counts, count => count > 0);
        if (counts[lowest] == levels.Length)
            return levels;
        var scale = 255f / (levels.Length - counts[lowest]);
        var table = new float[256];
        for (var (level, sum) = (lowest + 1, 0); level < 256; level++)
            table[level] = MathF.Round((sum += counts[level]) * scale);
        return Array.ConvertAll(levels, level => table[(int)level]);
    }

    private static OffsetKernel Kernel(params float[] weights) => new([.. weights.Index().Select(tap => ((tap.Index / 3) - 1, (tap.Index % 3) - 1, tap.Item))], EdgeRule.MirrorInside);
}
