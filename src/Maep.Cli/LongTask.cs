using System.Diagnostics;
using Spectre.Console;

namespace Maep.Cli;

/// <summary>Shows how far long work is, how fast it goes and how long it still takes: a bar on a terminal; elsewhere a plain line every tenth and every minute.</summary>
internal static class LongTask
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    /// <summary>Runs work that reports how many of <paramref name="total"/> items are done.</summary>
    public static T Run<T>(string title, int total, Func<Action<int>, T> work) => Run(title, report => work(done => report(done, total)));

    /// <summary>Runs work that reports how many items of how many are done.</summary>
    public static T Run<T>(string title, Func<Action<long, long>, T> work)
    {
        var pace = new Pace();
        if (AnsiConsole.Profile.Capabilities.Interactive && AnsiConsole.Profile.Out.IsTerminal)
        {
            return AnsiConsole.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
                .Start(context =>
                {
                    var task = context.AddTask(Markup.Escape(title));
                    return work((done, total) => (task.MaxValue, task.Value, task.Description) = (total, done, Markup.Escape($"{title}: {pace.Report(done, total)}")));
                });
        }
        var (printed, since) = (0L, Stopwatch.StartNew());
        return work((done, total) =>
        {
            var (tenth, report) = (done * 10 / total, pace.Report(done, total));
            if (tenth <= printed && since.Elapsed < Quiet)
                return;
            printed = tenth;
            since.Restart();
            Console.Error.WriteLine($"{title}: {report}");
        });
    }
}
