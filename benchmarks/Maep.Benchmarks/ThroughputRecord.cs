using System.Globalization;
using System.Text;

namespace Maep.Benchmarks;

/// <summary>One workload's figures.</summary>
/// <param name="Workload">What was measured.</param>
/// <param name="RowsPerSecond">Median of the iterations.</param>
/// <param name="Slowest">Rows per second of the slowest iteration.</param>
/// <param name="Fastest">Rows per second of the fastest iteration.</param>
/// <param name="BytesPerRow">Managed memory allocated in a pass, shared among its rows.</param>
internal sealed record Measurement(Workload Workload, double RowsPerSecond, double Slowest, double Fastest, long BytesPerRow);

/// <summary>A run with everything needed to repeat it.</summary>
internal sealed record ThroughputRecord(RunFacts Facts, IReadOnlyList<Goal> Goals, IReadOnlyList<Measurement> Measurements, IReadOnlyList<Allocation> Allocations)
{
    public string ToMarkdown()
    {
        var text = new StringBuilder().AppendLine("# Throughput").AppendLine().AppendLine(Facts.ToMarkdown()).AppendLine().Append(Goal.ToMarkdown(Goals));
        foreach (var group in Measurements.GroupBy(measurement => (measurement.Workload.Size, measurement.Workload.Column)).OrderBy(group => group.Key))
        {
            var size = group.Key.Size;
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {group.Key.Column} column, {size}x{size}").AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"Purifier: {PurifierModel.Describe(size)}.").AppendLine();
            AppendTable(text, [.. group.OrderBy(measurement => measurement.Workload.Contender).ThenBy(measurement => measurement.Workload.Batch)]);
        }
        return text.ToString().TrimEnd();
    }

    private void AppendTable(StringBuilder text, IReadOnlyList<Measurement> group)
    {
        text.AppendLine("| contender | batch | rows/s, median | slowest to fastest iteration | against StockChain | against Session of the batch | bytes allocated in a pass, for each row |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|");
        var stock = group.Single(measurement => measurement.Workload.Contender == Contender.StockChain);
        foreach (var measurement in group)
        {
            var workload = measurement.Workload;
            // Tensors come from no column: those measured beside the vectors stand for images too.
            var session = Measurements.Single(other => other.Workload == workload with { Column = ColumnKind.Vector, Contender = Contender.Session });
            // Reading alone is no way to purify, so no share of one.
            string Against(Measurement other) => workload.Contender == Contender.Source ? ""
                : (measurement.RowsPerSecond / other.RowsPerSecond).ToString("F2", CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {workload.Contender} | {workload.Batch} | {measurement.RowsPerSecond:N0} | {measurement.Slowest:N0} to {measurement.Fastest:N0} | {Against(stock)} | {Against(session)} | {measurement.BytesPerRow:N0} |");
        }
    }
}
