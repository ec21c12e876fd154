using System.CommandLine;
using Maep.Cli.Commands;

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancellation.Cancel();
};
var root = new RootCommand("Purify adversarial images ahead of ML.NET image classifiers.")
{
    TrainCommand.Create(cancellation.Token),
};
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
