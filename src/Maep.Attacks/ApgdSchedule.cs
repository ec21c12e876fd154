namespace Maep.Attacks;

/// <summary>When Auto-PGD judges its progress (Croce and Hein, 2020, section 3): windows of 22 % of the steps, each 3 % shorter than the one before, 6 % at least.</summary>
internal static class ApgdSchedule
{
    /// <summary>Share of steps of a window that must raise the loss; otherwise the step size is halved.</summary>
    public const double Progress = 0.75;

    /// <summary>Length of the window that ends with each checkpoint, by the number of steps done then.</summary>
    /// <param name="steps">Steps of the whole search.</param>
    public static IReadOnlyDictionary<int, int> Windows(int steps)
    {
        var (window, shrinks, shortest) = (Share(22, steps), Share(3, steps), Share(6, steps));
        Dictionary<int, int> windows = [];
        for (var done = window; done <= steps; done += window)
        {
            windows[done] = window;
            window = Math.Max(window - shrinks, shortest);
        }
        return windows;
    }

    private static int Share(int percent, int steps) => Math.Max((int)(percent / 100.0 * steps), 1);
}
