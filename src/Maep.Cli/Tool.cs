using System.CommandLine;
using System.Runtime.InteropServices;
using Maep.Cli.Commands;

namespace Maep.Cli;

/// <summary>The tool without its process: parses a command line, carries it out, and says on the console what came of it.</summary>
internal static class Tool
{
    /// <summary>Runs one command; faults of its input end in a message and an exit code, never in an exception.</summary>
    /// <param name="arguments">The command line without the name of the tool.</param>
    /// <param name="cancellation">Stops long work, which keeps what it has finished.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> Run(string[] arguments, CancellationToken cancellation)
    {
        var root = new RootCommand("Purify adversarial images ahead of ML.NET image classifiers.")
        {
            CommonOptions.Verbose(),
            DemoCommand.Create(cancellation),
            DataCommand.Create(),
            TrainCommand.Create(cancellation),
            ExportCommand.Create(),
            ProtectCommand.Create(cancellation),
            EvaluateCommand.Create(cancellation),
            AttackCommand.Create(cancellation),
            BenchmarkCommand.Create(cancellation),
            CorruptCommand.Create(cancellation),
            ColorizeCommand.Create(cancellation),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                Console.Error.WriteLine(error.Message);
            Console.Error.WriteLine("Add --help for the options.");
            return ExitCode.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Cancelled; what checkpoints, states and finished files hold is kept, and the same command goes on from it.");
            return ExitCode.Failure;
        }
        catch (Exception fault) when (Reason(fault) is IOException or InvalidDataException or ArgumentException or InvalidOperationException or UnauthorizedAccessException or ExternalException)
        {
            Console.Error.WriteLine(CommonOptions.IsVerbose(parsed) ? fault.ToString() : Reason(fault).Message);
            return ExitCode.Failure;
        }
    }

    // Work on several threads wraps what each of them met.
    private static Exception Reason(Exception fault) => fault is AggregateException { InnerExceptions: [var first, ..] } ? first : fault;
}
