using System.CommandLine;
using Maep.Networks.Purifiers;

namespace Maep.Cli;

/// <summary>Options that several commands take.</summary>
internal static class CommonOptions
{
    /// <summary><c>--threads</c>, all cores by default.</summary>
    public static Option<int> Threads() => AtLeastOne("--threads", "CPU threads.", Environment.ProcessorCount);

    /// <summary><c>--verbose</c>, an option of every command.</summary>
    public static Option<bool> Verbose() => new("--verbose") { Description = "Show the whole trace of an error, and which class folder of a folder of images has which number.", Recursive = true };

    /// <summary>Whether <see cref="Verbose"/> is given.</summary>
    public static bool IsVerbose(ParseResult parsed) => parsed.GetValue<bool>("--verbose");

    /// <summary>The command as records print it.</summary>
    public static string CommandLine(ParseResult parsed) => $"maep {string.Join(' ', parsed.Tokens.Select(token => token.Value))}";

    /// <summary><c>--data-root</c>.</summary>
    public static Option<string?> DataRoot() => new("--data-root") { Description = "Folder with the data sets (default: MAEP_DATA, then ./data)." };

    /// <summary><c>--classifier</c>.</summary>
    public static Option<string> Classifier() => new("--classifier") { Description = "Classifier: any image classifier as .onnx, or PyTorch weights as .pt, .pth, .th or .safetensors (--architecture).", Required = true };

    /// <summary><c>--purifier</c>, a file or a name.</summary>
    public static Option<string?> Purifier(string effect) => new("--purifier") { Description = $"Purifier: .onnx of maep export, or one by name: {NamedPurifiers.Help}. {effect}" };

    /// <summary><c>--adaptive-samples</c>, 0 or more.</summary>
    public static Option<int> AdaptiveSamples(string description, int count)
    {
        var samples = new Option<int>("--adaptive-samples") { Description = description, DefaultValueFactory = _ => count };
        samples.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 0) result.AddError($"--adaptive-samples {result.Tokens[0].Value} must be 0, which leaves the adaptive attack out, or more."); });
        return samples;
    }

    /// <summary><c>--samples</c>, at least 1.</summary>
    public static Option<int> Samples(string description, int count) => AtLeastOne("--samples", description, count);

    /// <summary>A number that must be at least 1.</summary>
    public static Option<int> AtLeastOne(string name, string description, int count)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => count };
        option.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 1) result.AddError($"{name} {result.Tokens[0].Value} must be at least 1."); });
        return option;
    }
}
