using System.Runtime.InteropServices;
using Maep.Cli;

NativeProcess.Prepare();
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true; // let the work in hand checkpoint
    cancellation.Cancel();
};
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true; // as Ctrl+C: service managers and schedulers stop a run this way
    cancellation.Cancel();
});
return await Tool.Run(args, cancellation.Token).ConfigureAwait(false);
