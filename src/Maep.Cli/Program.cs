using System.CommandLine;
using System.Runtime.InteropServices;
using Maep.Cli;
using Maep.Cli.Commands;

NativeProcess.Prepare();
using var interruption = new Interruption();
var root = new RootCommand("Purify adversarial images ahead of ML.NET image classifiers.")
{
    CommonOptions.Verbose(),
    DemoCommand.Create(interruption.Token),
    DataCommand.Create(),
    TrainCommand.Create(interruption.Token),
    ExportCommand.Create(),
    EvaluateCommand.Create(interruption.Token),
    AttackCommand.Create(interruption.Token),
    BenchmarkCommand.Create(interruption.Token),
    CorruptCommand.Create(interruption.Token),
    ColorizeCommand.Create(interruption.Token),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("Add --help for the options.");
    return ExitCode.Usage;
}
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
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

// Work on several threads wraps what each of them met.
static Exception Reason(Exception fault) => fault is AggregateException { InnerExceptions: [var first, ..] } ? first : fault;
