using System.CommandLine;
using System.CommandLine.Parsing;
using Maep.Networks.Classifiers;

namespace Maep.Cli;

/// <summary>The options that say of a classifier what its file does not tell.</summary>
internal sealed class ClassifierFormOptions
{
    /// <summary><c>--architecture</c>.</summary>
    public Option<string?> Architecture { get; } = new("--architecture") { Description = $"Architecture of PyTorch weights (.pt, .pth, .th, .safetensors), where they do not tell or to be sure: {PublishedClassifier.Architectures}." };

    /// <summary><c>--mean</c>.</summary>
    public Option<float[]?> Mean { get; } = new("--mean") { Description = "Mean that a classifier of others wants subtracted from RGB in [0, 1], for example 0.485,0.456,0.406; one number for all.", CustomParser = result => Colours(result, "mean", value => double.IsFinite(value), "one or three numbers such as 0.485 or 127/255") };

    /// <summary><c>--std</c>.</summary>
    public Option<float[]?> StandardDeviation { get; } = new("--std") { Description = "Standard deviation that it wants divided by, for example 0.229,0.224,0.225; 1/255 for one that takes 0..255.", CustomParser = result => Colours(result, "std", value => value > 0 && double.IsFinite(value), "one or three numbers above 0 such as 0.229 or 1/255") };

    /// <summary><c>--bgr</c>.</summary>
    public Option<bool> BlueFirst { get; } = new("--bgr") { Description = "The ONNX classifier takes blue, green, red, as those of Caffe and Custom Vision do." };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Architecture, Mean, StandardDeviation, BlueFirst })
            command.Add(option);
    }

    /// <summary>What they say.</summary>
    public ClassifierForm Read(ParseResult parsed)
    {
        var (mean, deviation) = (parsed.GetValue(Mean) is { Length: > 0 } given ? given : null, parsed.GetValue(StandardDeviation) is { Length: > 0 } divided ? divided : null);
        return new ClassifierForm(parsed.GetValue(Architecture), mean is null && deviation is null ? null : new PixelNormalization(mean ?? [0, 0, 0], deviation ?? [1, 1, 1]), parsed.GetValue(BlueFirst));
    }

    private static float[]? Colours(ArgumentResult result, string name, Func<double, bool> accept, string allowed)
    {
        double?[] numbers = [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Select(Fraction.Read)];
        if (numbers.Length is 1 or 3 && numbers.All(number => number is { } value && accept(value)))
            return [.. Enumerable.Repeat(numbers, numbers.Length == 1 ? 3 : 1).SelectMany(values => values).Select(number => (float)number!.Value)];
        result.AddError($"--{name} {string.Join(' ', result.Tokens.Select(token => token.Value))}: {allowed} are allowed, separated by commas.");
        return null;
    }
}
