namespace Maep.Corruptions.Filters;

/// <summary>Which pixel stands in for one outside the image.</summary>
internal enum EdgeRule
{
    /// <summary>The nearest: a a | a b c | c c.</summary>
    Nearest,

    /// <summary>Mirrored at the edge of the pixels: b a | a b c | c b.</summary>
    Mirror,

    /// <summary>Mirrored at the centre of the last pixel: c b | a b c | b a.</summary>
    MirrorInside,
}

internal static class EdgeRules
{
    /// <summary>Index inside 0..length-1 for any index.</summary>
    public static int Inside(this EdgeRule rule, int index, int length)
    {
        if ((uint)index < (uint)length)
            return index;
        if (rule == EdgeRule.Nearest || length == 1)
            return Math.Clamp(index, 0, length - 1);
        var period = rule == EdgeRule.Mirror ? 2 * length : (2 * length) - 2;
        var place = ((index % period) + period) % period;
        return place < length ? place : period - place - (rule == EdgeRule.Mirror ? 1 : 0);
    }
}
