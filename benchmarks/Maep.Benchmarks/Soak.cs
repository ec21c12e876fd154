using Maep.Transforms;
using Microsoft.ML;

namespace Maep.Benchmarks;

/// <summary>Pushes many rows through one transformer, over many cursors, and watches the memory of the process.</summary>
internal static class Soak
{
    private const int Size = 32;
    private const int Samples = 50;

    public static void Run(RunFacts facts, string folder, int rows)
    {
        SoakColumn[] columns = [.. Enum.GetValues<ColumnKind>().Select(column => Measure(column, rows))];
        var record = new SoakRecord(facts, rows, columns);
        RunFacts.Write(folder, "soak", record, record.ToMarkdown());
    }

    private static SoakColumn Measure(ColumnKind column, int rows)
    {
        var context = new MLContext(seed: 1);
        var source = RowSource.Create(context, column, Size, rows / Samples);
        using var transformer = Contenders.Purify(context, source, PurifierModel.Generate(Size), Goal.DefaultBatch); // cheap: rows matter here, not arithmetic
        // A cursor for each sample: what a cursor leaves behind shows as growth too.
        var reader = Contenders.Reader(column, transformer.Transform(source));

        var started = TimeProvider.System.GetTimestamp();
        var samples = new List<MemorySample>();
        long liveAfterWarmUp = 0;
        while (samples.Count < Samples)
        {
            reader.Read();
            samples.Add(MemorySample.Take((samples.Count + 1) * (rows / Samples)));
            if (samples.Count == SoakColumn.WarmUpSamples)
            {
                liveAfterWarmUp = GC.GetTotalMemory(forceFullCollection: true);
            }
        }
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return new SoakColumn(column, samples, liveAfterWarmUp, GC.GetTotalMemory(forceFullCollection: true), rows / seconds);
    }
}
