namespace Maep.Benchmarks;

/// <summary>Managed memory that PurifyAdversarial allocates for one more row, once a cursor is open and its batch has its memory.</summary>
/// <param name="Workload">What was measured.</param>
/// <param name="BytesPerRow">Bytes, of all threads.</param>
internal sealed record Allocation(Workload Workload, double BytesPerRow)
{
    private const int Rows = 128;

    /// <summary>Measures both kinds of column at each size: a pass of twice the rows against a pass.</summary>
    public static IReadOnlyList<Allocation> Measure() =>
    [
        .. from column in Enum.GetValues<ColumnKind>()
           from size in Workload.Sizes
           let workload = new Workload(column, size, Contender.Purify, Goal.DefaultBatch)
           select new Allocation(workload, (OfPass(workload, 2 * Rows) - OfPass(workload, Rows)) / (double)Rows),
    ];

    private static long OfPass(Workload workload, int rows)
    {
        var reader = Contenders.Open(workload, rows);
        reader.Read(); // what is allocated once for a process or a session
        var before = GC.GetTotalAllocatedBytes(precise: true);
        reader.Read();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
