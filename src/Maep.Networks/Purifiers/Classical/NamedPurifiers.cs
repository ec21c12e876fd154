using System.Globalization;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>The purifiers that a name with its setting chooses, wherever a purifier file could stand: "jpeg:75".</summary>
public static class NamedPurifiers
{
    private sealed record Form(string Name, string Setting, double Default, Func<double, nn.Module<Tensor, Tensor>?, UntrainedPurifier> Create)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}[:{Setting}, {Default}]");
    }

    private static readonly Form[] Forms =
    [
        new("jpeg", "quality", 75, (quality, _) => new JpegCompression(Whole(quality, "JPEG quality"))),
        new("median", "window", 3, (window, _) => new MedianFilter(Whole(window, "Median window"))),
        new("bits", "depth", 4, (bits, _) => new BitDepthReduction(Whole(bits, "Bit depth"))),
        new("tv", "weight", 0.05, (weight, _) => new TotalVariation(weight)),
        new("resize-pad", "smallest", 0.9, (smallest, _) => new RandomResizePadding(smallest)),
        new("anti-adv", "step", 0.15, (step, classifier) => new AntiAdversary(classifier ?? throw new ArgumentException("anti-adv follows the gradients of the classifier that it stands ahead of; use it where one is given that has them (--classifier), neither alone nor with --pipeline."), step)),
    ];

    /// <summary>How to write each, with its default: "jpeg[:quality, 75]".</summary>
    public static string Help { get; } = string.Join(", ", Forms.Select(form => form.ToString()));

    /// <summary>Name and setting in one spelling, "jpeg:75" for "jpeg"; null where the text names no purifier.</summary>
    /// <exception cref="ArgumentException">The setting is no number.</exception>
    public static string? NameOf(string text) => Parse(text) is { } found ? string.Create(CultureInfo.InvariantCulture, $"{found.Form.Name}:{found.Setting}") : null;

    /// <summary>The purifier of a name.</summary>
    /// <param name="text">Name, or name:setting with a decimal point.</param>
    /// <param name="classifier">The classifier behind it, for those that ask it; in evaluation mode.</param>
    /// <returns>In evaluation mode; null where the text names no purifier.</returns>
    /// <exception cref="ArgumentException">The setting is no number or outside its range, or the purifier needs a classifier.</exception>
    public static UntrainedPurifier? Create(string text, nn.Module<Tensor, Tensor>? classifier = null)
    {
        if (Parse(text) is not { } found)
            return null;
        var purifier = found.Form.Create(found.Setting, classifier);
        purifier.eval();
        return purifier;
    }

    private static (Form Form, double Setting)? Parse(string text)
    {
        var parts = text.Split(':', 2);
        if (Forms.FirstOrDefault(form => form.Name == parts[0]) is not { } form)
            return null;
        var setting = form.Default;
        if (parts.Length == 2 && !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out setting))
            throw new ArgumentException($"Purifier '{text}': the {form.Setting} '{parts[1]}' is not a number; write it as {form.Name}:{form.Default.ToString(CultureInfo.InvariantCulture)}.");
        return (form, setting);
    }

    private static int Whole(double setting, string name) => setting == Math.Round(setting) && Math.Abs(setting) < int.MaxValue ? (int)setting
        : throw new ArgumentException($"{name} {setting.ToString(CultureInfo.InvariantCulture)} must be a whole number.");
}
