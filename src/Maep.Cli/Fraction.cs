using System.CommandLine.Parsing;
using System.Globalization;

namespace Maep.Cli;

/// <summary>Pixel distances and other pixel values on the command line: "8/255" or "0.0314".</summary>
internal static class Fraction
{
    /// <summary>Parses an option's value, which must be 0 or more.</summary>
    public static double Parse(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (Read(text) is not { } value)
            result.AddError($"'{text}' is not a number; write it as 8/255 or 0.0314.");
        else if (!(value >= 0 && double.IsFinite(value)))
            result.AddError($"'{text}' must be 0 or more.");
        else
            return value;
        return 0;
    }

    /// <summary>What is wrong with a change of single pixels; null where nothing is.</summary>
    /// <param name="text">What <see cref="Parse"/> took.</param>
    public static string? PixelFault(string text) =>
        Read(text) is >= 1 ? $"'{text}' is outside [0, 1): pixels lie in [0, 1]. Did you mean {text.Split('/')[0]}/255?" : null;

    /// <summary>The number that a text stands for, which may be infinite; null for none.</summary>
    /// <param name="text">"8/255" or "0.0314".</param>
    public static double? Read(string text) => text.Split('/') switch
    {
        [var only] => Number(only),
        [var above, var below] => Number(above) / Number(below),
        _ => null,
    };

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
}
