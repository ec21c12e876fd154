using System.Globalization;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>Colours of a heat map that readers with any colour vision and black-and-white prints can tell apart, with a legible ink for each.</summary>
internal static class ColourScale
{
    private static readonly (byte R, byte G, byte B)[] Blues = [(247, 251, 255), (198, 219, 239), (107, 174, 214), (33, 113, 181), (8, 48, 107)];
    private static readonly (byte R, byte G, byte B)[] OrangeToBlue = [(179, 88, 6), (241, 163, 64), (247, 247, 247), (103, 169, 207), (5, 83, 148)];

    /// <summary>Light for 0, dark for 1.</summary>
    public static (string Fill, string Ink) Share(double share) => At(Blues, share);

    /// <summary>Orange for -1, white for 0, blue for 1.</summary>
    public static (string Fill, string Ink) Difference(double difference) => At(OrangeToBlue, (difference + 1) / 2);

    private static (string Fill, string Ink) At((byte R, byte G, byte B)[] stops, double place)
    {
        var position = Math.Clamp(place, 0, 1) * (stops.Length - 1);
        var index = Math.Min((int)position, stops.Length - 2);
        var (from, to, part) = (stops[index], stops[index + 1], position - index);
        byte Mix(byte a, byte b) => (byte)Math.Round(a + ((b - a) * part));
        var (r, g, b) = (Mix(from.R, to.R), Mix(from.G, to.G), Mix(from.B, to.B));
        var luminance = (0.299 * r) + (0.587 * g) + (0.114 * b);
        return (string.Create(CultureInfo.InvariantCulture, $"#{r:x2}{g:x2}{b:x2}"), luminance < 140 ? "#ffffff" : Drawing.Ink);
    }
}
