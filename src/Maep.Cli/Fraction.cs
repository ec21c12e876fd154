using System.CommandLine.Parsing;
using System.Globalization;

namespace Maep.Cli;

/// <summary>Pixel distances on the command line: "8/255" or "0.0314".</summary>
internal static class Fraction
{
    /// <summary>Parses an option's value; values of 1 or more are refused, for pixels lie in [0, 1].</summary>
    public static double Parse(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        var parts = text.Split('/');
        if (parts.Length > 2 || !Number(parts[0], out var value) || (parts.Length == 2 && !Number(parts[1], out _)))
        {
            result.AddError($"'{text}' is not a number; write it as 8/255 or 0.0314.");
            return 0;
        }
        if (parts.Length == 2)
            value /= double.Parse(parts[1], CultureInfo.InvariantCulture);
        if (!(value is >= 0 and < 1))
            result.AddError($"'{text}' is outside [0, 1): pixels lie in [0, 1]. Did you mean {parts[0]}/255?");
        return value;
    }

    private static bool Number(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
