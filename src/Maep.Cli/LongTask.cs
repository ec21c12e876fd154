using System.Globalization;
using Spectre.Console;

namespace Maep.Cli;

/// <summary>Shows how far long work is: a bar on a terminal, a plain line every tenth elsewhere.</summary>
internal static class LongTask
{
    /// <summary>Runs work that reports how many of <paramref name="total"/> items are done.</summary>
    public static T Run<T>(string title, int total, Func<Action<int>, T> work)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive && AnsiConsole.Profile.Out.IsTerminal)
        {
            return AnsiConsole.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(context =>
                {
                    var task = context.AddTask(Markup.Escape(title), maxValue: total);
                    return work(done => task.Value = done);
                });
        }
        var printed = 0;
        return work(done =>
        {
            var tenth = done * 10 / total;
            if (tenth <= printed)
                return;
            printed = tenth;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {done} of {total}"));
        });
    }
}
