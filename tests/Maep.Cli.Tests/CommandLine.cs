using System.Diagnostics;

namespace Maep.Cli.Tests;

/// <summary>Runs the built tool as a user does.</summary>
internal static class CommandLine
{
    public sealed record Outcome(int ExitCode, string Output, string Error);

    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "maep.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove("MAEP_DATA");
        start.Environment.Remove("MAEP_WEIGHTS");
        return Process.Start(start)!;
    }

    public static async Task<Outcome> Run(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        return await Finish(process);
    }

    public static async Task<Outcome> Finish(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, await output, await error);
    }
}
