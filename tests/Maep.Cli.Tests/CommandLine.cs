using System.Diagnostics;
using Spectre.Console;

namespace Maep.Cli.Tests;

/// <summary>Runs the built tool: within the tests, or as a user does in a process of its own.</summary>
internal static class CommandLine
{
    // Copies of data sets that a developer's machine has must not decide what a test sees.
    private static readonly string[] Variables = ["MAEP_DATA", "MAEP_WEIGHTS"];

    public sealed record Outcome(int ExitCode, string Output, string Error);

    /// <summary>Runs a command within the tests, which spares the start of a process, as if <paramref name="folder"/> were the current one. Tests that call it must not run in parallel.</summary>
    public static Task<Outcome> Run(string folder, params string[] arguments) => Run(folder, new StringWriter(), arguments, default);

    /// <summary>Runs a command within the tests and cancels it, as Ctrl+C and SIGTERM do, as soon as it writes an error line that starts with <paramref name="start"/>: always at the same place of its work.</summary>
    public static async Task<Outcome> RunUntil(string start, string folder, params string[] arguments)
    {
        using var cancellation = new CancellationTokenSource();
        return await Run(folder, new LineTrigger(start, cancellation.Cancel), arguments, cancellation.Token);
    }

    private static async Task<Outcome> Run(string folder, StringWriter complained, string[] arguments, CancellationToken cancellation)
    {
        var (current, output, error, console) = (Directory.GetCurrentDirectory(), Console.Out, Console.Error, AnsiConsole.Console);
        var values = Array.ConvertAll(Variables, Environment.GetEnvironmentVariable);
        using var written = new StringWriter();
        try
        {
            Directory.SetCurrentDirectory(folder);
            foreach (var variable in Variables)
                Environment.SetEnvironmentVariable(variable, null);
            Console.SetOut(written);
            Console.SetError(complained);
            // What a console is whose output goes into a file.
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
            var exitCode = await Tool.Run(arguments, cancellation);
            return new Outcome(exitCode, written.ToString(), complained.ToString());
        }
        finally
        {
            AnsiConsole.Console = console;
            Console.SetError(error);
            Console.SetOut(output);
            foreach (var (variable, value) in Variables.Zip(values))
                Environment.SetEnvironmentVariable(variable, value);
            Directory.SetCurrentDirectory(current);
        }
    }

    /// <summary>Runs a command in a process of its own and waits for its end.</summary>
    public static async Task<Outcome> RunProcess(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        return await Finish(process);
    }

    /// <summary>Starts a command in a process of its own.</summary>
    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "maep.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var variable in Variables)
            start.Environment.Remove(variable);
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of a process of <see cref="Start"/>.</summary>
    public static async Task<Outcome> Finish(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, await output, await error);
    }

    private sealed class LineTrigger(string start, Action action) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith(start, StringComparison.Ordinal) == true)
                action();
        }
    }
}
