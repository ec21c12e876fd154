using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using BenchmarkDotNet.Environments;
using Microsoft.ML.OnnxRuntime;

namespace Maep.Benchmarks;

/// <summary>Where and how figures were measured; at the head of each file of results.</summary>
internal sealed record RunFacts
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter() },
    };

    public required string Command { get; init; }

    public string Date { get; init; } = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public string Machine { get; init; } = string.Create(CultureInfo.InvariantCulture,
        $"{HostEnvironmentInfo.GetCurrent().Cpu.Value?.ProcessorName ?? "unknown processor"}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}");

    public string Software { get; init; } = $"{RuntimeInformation.FrameworkDescription}, ONNX Runtime {OrtEnv.Instance().GetVersionString()}, "
        + $"ML.NET {typeof(Microsoft.ML.MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";

    public string Threads { get; init; } = "one for each core, every contender's default";

    /// <summary>Facts of a run with these arguments.</summary>
    public static RunFacts Of(string[] arguments) => new()
    {
        Command = string.Join(' ', (string[])["dotnet run -c Release --project benchmarks/Maep.Benchmarks", .. arguments.Length > 0 ? (string[])["--", .. arguments] : []]),
    };

    public string ToMarkdown() => $"""
        - Command: `{Command}`
        - Date: {Date}
        - Machine: {Machine}
        - Software: {Software}
        - Threads: {Threads}
        """;

    /// <summary>Writes a record as Markdown and JSON.</summary>
    public static void Write<TRecord>(string folder, string name, TRecord record, string markdown)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        File.WriteAllText(path + ".md", markdown + "\n");
        File.WriteAllText(path + ".json", JsonSerializer.Serialize(record, Format) + "\n");
        Console.WriteLine(markdown);
        Console.WriteLine($"Written: {path}.md and {path}.json");
    }
}
