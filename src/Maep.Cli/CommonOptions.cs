using System.CommandLine;

namespace Maep.Cli;

/// <summary>Options that several commands take.</summary>
internal static class CommonOptions
{
    /// <summary><c>--threads</c>, all cores by default.</summary>
    public static Option<int> Threads() => new("--threads") { Description = "CPU threads.", DefaultValueFactory = _ => Environment.ProcessorCount };

    /// <summary><c>--samples</c>, at least 1.</summary>
    public static Option<int> Samples(string description, int count)
    {
        var samples = new Option<int>("--samples") { Description = description, DefaultValueFactory = _ => count };
        samples.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 1) result.AddError($"--samples {result.Tokens[0].Value} must be at least 1."); });
        return samples;
    }
}
