using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Maep.Cli;

/// <summary>Shows how far long work is, how fast it goes and how long it still takes: a bar on a terminal, a plain line every tenth elsewhere.</summary>
internal static class LongTask
{
    /// <summary>Runs work that reports how many of <paramref name="total"/> items are done.</summary>
    public static T Run<T>(string title, int total, Func<Action<int>, T> work) => Run(title, report => work(done => report(done, total)));

    /// <summary>Runs work that reports how many items of how many are done.</summary>
    public static T Run<T>(string title, Func<Action<int, int>, T> work)
    {
        var clock = Stopwatch.StartNew();
        if (AnsiConsole.Profile.Capabilities.Interactive && AnsiConsole.Profile.Out.IsTerminal)
        {
            return AnsiConsole.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(context =>
                {
                    var task = context.AddTask(Markup.Escape(title));
                    return work((done, total) => (task.MaxValue, task.Value, task.Description) = (total, done, Markup.Escape($"{title}, {Rate(done, clock.Elapsed)}")));
                });
        }
        var printed = 0;
        return work((done, total) =>
        {
            var tenth = (int)(done * 10L / total);
            if (tenth <= printed)
                return;
            printed = tenth;
            var left = TimeSpan.FromSeconds(Math.Ceiling(clock.Elapsed.TotalSeconds / done * (total - done)));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {done} of {total}, {Rate(done, clock.Elapsed)}, {left:c} left"));
        });
    }

    private static string Rate(int done, TimeSpan elapsed)
    {
        var rate = done / Math.Max(elapsed.TotalSeconds, 1e-3);
        return rate.ToString(rate < 100 ? "G3" : "F0", CultureInfo.InvariantCulture) + "/s";
    }
}
