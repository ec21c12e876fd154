using BenchmarkDotNet.Attributes;

namespace Maep.Benchmarks;

/// <summary>Time and allocation of one row in a pass over a column, from the opening of the cursor to its end.</summary>
public class ColumnBenchmarks
{
    /// <summary>
    /// Rows of a pass: a multiple of every batch size, and several times what a stock chain reads ahead. It computes with one cursor on
    /// each core and hands out blocks of 64, so timing a part of a pass would time rows that were ready before, or none.
    /// </summary>
    public const int Rows = 256;

    private RowReader? _reader;

    /// <summary>What to measure.</summary>
    [ParamsSource(nameof(Workloads))]
    public Workload Workload { get; set; } = null!;

    /// <summary>All that is measured.</summary>
    public static IReadOnlyList<Workload> Workloads => Workload.All;

    /// <summary>Makes the contender ready.</summary>
    [GlobalSetup]
    public void Open() => _reader = Contenders.Open(Workload, Rows);

    /// <summary>One pass.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void Row() => _reader!.Read();
}
