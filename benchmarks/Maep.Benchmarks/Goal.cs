using System.Globalization;
using System.Text;

namespace Maep.Benchmarks;

/// <summary>What PurifyAdversarial promises, and what was measured of it.</summary>
/// <param name="Text">The promise.</param>
/// <param name="Measured">The figures it is judged by.</param>
/// <param name="Met">Whether they keep it.</param>
internal sealed record Goal(string Text, string Measured, bool Met)
{
    /// <summary>Batch size that goals are judged at.</summary>
    public const int DefaultBatch = 16;

    // The pool's threads and the collector allocate a little beside us.
    private const double ConstantBytes = 64;

    /// <summary>Judges speed at the default batch size, and allocation at all.</summary>
    public static IReadOnlyList<Goal> Judge(IReadOnlyList<Measurement> measurements, IReadOnlyList<Allocation> allocations)
    {
        double Speed(ColumnKind column, int size, Contender contender, int batch = DefaultBatch) =>
            measurements.Single(measurement => measurement.Workload == new Workload(column, size, contender, batch)).RowsPerSecond;

        Goal AgainstStock(int size, double least)
        {
            var purify = Speed(ColumnKind.Image, size, Contender.Purify);
            var stock = purify / Speed(ColumnKind.Image, size, Contender.StockChain, batch: 1);
            var plain = purify / Speed(ColumnKind.Image, size, Contender.PlainChain, batch: 1);
            return new(Invariant($"image column, {size}x{size}: at least {least} times the rows/s of StockChain"),
                Invariant($"{stock:F2} times (PlainChain: {plain:F2})"), stock >= least);
        }

        Goal AgainstSession(int size)
        {
            var share = Speed(ColumnKind.Vector, size, Contender.Purify) / Speed(ColumnKind.Vector, size, Contender.Session);
            return new(Invariant($"vector column, {size}x{size}: at least 90 % of the rows/s of Session"), Invariant($"{100 * share:F1} %"), share >= 0.9);
        }

        Goal Allocates(ColumnKind column)
        {
            var bytes = allocations.Where(allocation => allocation.Workload.Column == column).Select(allocation => allocation.BytesPerRow).ToList();
            return new($"{column} column: no allocation for one more row that grows with its image",
                Invariant($"{bytes[0]:N0} bytes at {Workload.Sizes[0]}x{Workload.Sizes[0]}, {bytes[^1]:N0} at {Workload.Sizes[^1]}x{Workload.Sizes[^1]}"),
                bytes[^1] - bytes[0] <= ConstantBytes);
        }

        return
        [
            AgainstStock(32, 1.3), AgainstStock(224, 1.5), AgainstSession(32), AgainstSession(224),
            Allocates(ColumnKind.Vector), Allocates(ColumnKind.Image),
        ];
    }

    /// <summary>The goals as a table.</summary>
    public static string ToMarkdown(IEnumerable<Goal> goals)
    {
        var text = new StringBuilder().AppendLine("| goal (batch 16, the default) | measured | |").AppendLine("|---|---|---|");
        foreach (var goal in goals)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {goal.Text} | {goal.Measured} | {(goal.Met ? "met" : "**missed**")} |");
        }
        return text.ToString();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
