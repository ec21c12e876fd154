namespace Maep.Testing;

/// <summary>A clock that goes on by a fixed time whenever it is read, so that what fits into some minutes does not depend on the machine.</summary>
public sealed class SteppingClock(TimeSpan step) : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks += step.Ticks;
}
