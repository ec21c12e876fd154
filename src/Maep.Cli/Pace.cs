using System.Diagnostics;
using System.Globalization;

namespace Maep.Cli;

/// <summary>How fast long work goes in this sitting, and how long it still takes at that rate. What an earlier sitting did counts as done, not as speed.</summary>
internal sealed class Pace
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long? _first;

    /// <summary>"1200 of 7500, 85.3 a second, 1 min 14 s left"; rate and time once there is something to tell them from.</summary>
    public string Report(long done, long total)
    {
        if (_first is null)
        {
            _first = done;
            _clock.Restart();
        }
        var (made, seconds) = (done - _first.Value, _clock.Elapsed.TotalSeconds);
        var counted = string.Create(CultureInfo.InvariantCulture, $"{done} of {total}");
        if (made <= 0 || seconds <= 0)
            return counted;
        var rate = made / seconds;
        return string.Create(CultureInfo.InvariantCulture, $"{counted}, {(rate < 100 ? Math.Round(rate, 1) : Math.Round(rate))} a second, {Duration((total - done) / rate)} left");
    }

    private static string Duration(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2)) switch
    {
        { TotalDays: >= 1 } time => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time.Hours} h"),
        { TotalHours: >= 1 } time => string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } time => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        var time => string.Create(CultureInfo.InvariantCulture, $"{time.Seconds} s"),
    };
}
