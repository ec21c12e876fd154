using System.Globalization;
using System.Text;

namespace Maep.Benchmarks;

/// <summary>Memory of the process at one moment.</summary>
/// <param name="Rows">Rows read until then.</param>
/// <param name="WorkingSet">Bytes of memory in use, native memory of images and ONNX Runtime included.</param>
/// <param name="ManagedHeap">Bytes on the managed heap, garbage included.</param>
internal sealed record MemorySample(int Rows, long WorkingSet, long ManagedHeap)
{
    public static MemorySample Take(int rows) => new(rows, Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false));
}

/// <summary>What a column's rows did to memory.</summary>
/// <param name="Column">Kind of column.</param>
/// <param name="Samples">In order, at equal distances.</param>
/// <param name="LiveAfterWarmUp">Managed bytes that a full collection leaves after the warm-up.</param>
/// <param name="LiveAtEnd">The same at the end.</param>
/// <param name="RowsPerSecond">Rows in the time they took.</param>
internal sealed record SoakColumn(ColumnKind Column, IReadOnlyList<MemorySample> Samples, long LiveAfterWarmUp, long LiveAtEnd, double RowsPerSecond)
{
    /// <summary>Samples in which memory may still grow: a fifth.</summary>
    public const int WarmUpSamples = 10;

    private const double GrowthAllowed = 0.05; // of the mean, over all rows after the warm-up: less is the collector's breath

    /// <summary>Growth of the fitted line over all rows after the warm-up, as a share of the mean.</summary>
    public double WorkingSetGrowth => Growth(sample => sample.WorkingSet);

    /// <summary>Bytes for each row: slope of the line fitted to the working set after the warm-up.</summary>
    public double WorkingSetSlope => Slope(sample => sample.WorkingSet);

    /// <summary>Bytes for each row: slope of the line fitted to the managed heap after the warm-up.</summary>
    public double ManagedHeapSlope => Slope(sample => sample.ManagedHeap);

    /// <summary>Whether neither the working set nor what is live on the managed heap grew by more than 5 %.</summary>
    public bool IsFlat => WorkingSetGrowth <= GrowthAllowed && LiveAtEnd <= (1 + GrowthAllowed) * LiveAfterWarmUp;

    internal IEnumerable<MemorySample> Measured => Samples.Skip(WarmUpSamples);

    private double Growth(Func<MemorySample, long> memory) =>
        Slope(memory) * (Samples[^1].Rows - Samples[WarmUpSamples].Rows) / Measured.Average(memory);

    /// <summary>Least squares over the samples after the warm-up.</summary>
    private double Slope(Func<MemorySample, long> memory)
    {
        var (meanRows, meanMemory) = (Measured.Average(sample => sample.Rows), Measured.Average(memory));
        return Measured.Sum(sample => (sample.Rows - meanRows) * (memory(sample) - meanMemory))
            / Measured.Sum(sample => (sample.Rows - meanRows) * (sample.Rows - meanRows));
    }
}

/// <summary>A soak with everything needed to repeat it.</summary>
internal sealed record SoakRecord(RunFacts Facts, int Rows, IReadOnlyList<SoakColumn> Columns)
{
    public string ToMarkdown()
    {
        var text = new StringBuilder().AppendLine("# Soak").AppendLine().AppendLine(Facts.ToMarkdown());
        text.AppendLine(CultureInfo.InvariantCulture, $"- Rows: {Rows:N0} of 32x32 for each kind of column, batch {Goal.DefaultBatch}, one transformer, 50 cursors; the first fifth is warm-up");
        text.AppendLine(CultureInfo.InvariantCulture, $"- Purifier: {PurifierModel.Generated}").AppendLine();
        text.AppendLine("| column | rows/s | working set after warm-up, at end, MiB | slope, bytes/row | growth | live managed heap after warm-up, at end, MiB | slope with garbage, bytes/row | |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|---|");
        foreach (var column in Columns)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {column.Column} | {column.RowsPerSecond:N0} | {Mebibytes(column.Measured.First().WorkingSet)}, {Mebibytes(column.Samples[^1].WorkingSet)} | {column.WorkingSetSlope:F1} | {100 * column.WorkingSetGrowth:F1} % | {Mebibytes(column.LiveAfterWarmUp)}, {Mebibytes(column.LiveAtEnd)} | {column.ManagedHeapSlope:F1} | {(column.IsFlat ? "flat" : "**grows**")} |");
        }
        return text.AppendLine().Append("Flat: neither the line through the working set nor the live managed heap rises by more than 5 % after the warm-up.").ToString();
    }

    private static string Mebibytes(long bytes) => (bytes / 1048576.0).ToString("F1", CultureInfo.InvariantCulture);
}
