using System.Runtime.InteropServices;

namespace Maep.Cli;

/// <summary>
/// Ctrl+C and SIGTERM, by which service managers and schedulers stop a run. The first asks the work in hand to stop after its current step and to keep what is finished. A second one
/// ends the process at once, as the signal does by itself: exit code 130 after Ctrl+C, 143 after SIGTERM.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;

    public Interruption() => _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    /// <summary>What a signal does; cancelled, it does nothing else.</summary>
    internal void Stop(PosixSignalContext signal)
    {
        if (Interlocked.Increment(ref _signals) > 1)
            return; // not cancelled: the signal does what it does without us
        signal.Cancel = true;
        Console.Error.WriteLine("Stopping after the current step; press Ctrl+C again to exit at once.");
        _source.Cancel();
    }
}
