using System.Globalization;

namespace Maep.Training.Purifiers;

/// <summary>The purifiers that a name with its setting chooses, wherever a purifier file could stand: "jpeg:75".</summary>
public static class NamedPurifiers
{
    private sealed record Form(string Name, string Setting, double Default, Func<double, UntrainedPurifier> Create)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}[:{Setting}, {Default}]");
    }

    private static readonly Form[] Forms =
    [
        new("jpeg", "quality", 75, quality => new JpegCompression(Whole(quality, "JPEG quality"))),
    ];

    /// <summary>How to write each, with its default: "jpeg[:quality, 75]".</summary>
    public static string Help { get; } = string.Join(", ", Forms.Select(form => form.ToString()));

    /// <summary>The purifier of a name.</summary>
    /// <param name="text">Name, or name:setting with a decimal point.</param>
    /// <returns>In evaluation mode; null where the text names no purifier.</returns>
    /// <exception cref="ArgumentException">The setting is no number or outside its range.</exception>
    public static UntrainedPurifier? Create(string text)
    {
        var parts = text.Split(':', 2);
        if (Forms.FirstOrDefault(form => form.Name == parts[0]) is not { } form)
            return null;
        var setting = form.Default;
        if (parts.Length == 2 && !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out setting))
            throw new ArgumentException($"Purifier '{text}': the {form.Setting} '{parts[1]}' is not a number; write it as {form.Name}:{form.Default.ToString(CultureInfo.InvariantCulture)}.");
        var purifier = form.Create(setting);
        purifier.eval();
        return purifier;
    }

    private static int Whole(double setting, string name) => setting == Math.Round(setting) && Math.Abs(setting) < int.MaxValue ? (int)setting
        : throw new ArgumentException($"{name} {setting.ToString(CultureInfo.InvariantCulture)} must be a whole number.");
}
