namespace Maep.Benchmarks;

/// <summary>Contenders that compute something else are no contenders.</summary>
internal static class ContenderCheck
{
    private const int Rows = 32;

    // Of a pixel value in [0, 1]. An image may land on the neighbouring byte, as batches add up in another order.
    private const float VectorTolerance = 1e-4f;
    private const float ImageTolerance = 1 / 255f + VectorTolerance;

    /// <summary>Compares the 32nd row of every contender with that of the stock chain.</summary>
    /// <exception cref="InvalidOperationException">One differs by more than rounding.</exception>
    public static void Run()
    {
        foreach (var column in Enum.GetValues<ColumnKind>())
        {
            foreach (var size in Workload.Sizes)
            {
                Compare(column, size);
            }
        }
    }

    private static void Compare(ColumnKind column, int size)
    {
        var expected = Purified(new Workload(column, size, Contender.StockChain, Batch: 1));
        var others = Workload.All.Where(workload => workload.Column == column && workload.Size == size
            && workload.Contender is Contender.PlainChain or Contender.Purify or Contender.Session);
        foreach (var contender in others.Select(workload => workload.Contender).Distinct())
        {
            var purified = Purified(new Workload(column, size, contender, Rows));
            var difference = purified.Zip(expected, (first, second) => MathF.Abs(first - second)).Max();
            if (purified.Length != expected.Length || difference > (column == ColumnKind.Image ? ImageTolerance : VectorTolerance))
            {
                throw new InvalidOperationException($"{contender} differs from the stock chain by {difference} for {column} columns of {size}x{size}; their speeds cannot be compared.");
            }
        }
    }

    private static float[] Purified(Workload workload)
    {
        var reader = Contenders.Open(workload, Rows);
        reader.Read();
        return reader.Last();
    }
}
