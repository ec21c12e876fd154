namespace Maep.Benchmarks;

/// <summary>Kind of column that holds the images.</summary>
public enum ColumnKind
{
    /// <summary>float[3 * height * width], planar RGB in [0, 1].</summary>
    Vector,

    /// <summary>MLImage.</summary>
    Image,
}

/// <summary>A way to purify; all run the same ONNX file with the same thread settings.</summary>
public enum Contender
{
    /// <summary>Reads the unpurified column: the share of the others' time that is not theirs.</summary>
    Source,

    /// <summary>The chain of ML.NET's own transformers that a saved PurifyAdversarial loads as; it keeps the alpha of images.</summary>
    StockChain,

    /// <summary>The shortest stock image chain: ExtractPixels, ApplyOnnxModel, ConvertToImage; it sets alpha to 0.</summary>
    PlainChain,

    /// <summary>PurifyAdversarial.</summary>
    Purify,

    /// <summary>ONNX Runtime alone on tensors that are ready: no ML.NET, no copies; the bound for vector columns.</summary>
    Session,
}

/// <summary>One thing to measure.</summary>
/// <param name="Column">Kind of column.</param>
/// <param name="Size">Height and width of the images.</param>
/// <param name="Contender">How it is purified.</param>
/// <param name="Batch">Images that PurifyAdversarial or Session takes at a time; the others take one.</param>
public sealed record Workload(ColumnKind Column, int Size, Contender Contender, int Batch)
{
    /// <summary>Batch sizes measured; 16 is the default of PurifyAdversarial.</summary>
    private static readonly int[] Batches = [1, 8, 16, 32];

    /// <summary>Image sizes measured.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [32, 224];

    /// <summary>All of a run.</summary>
    public static IReadOnlyList<Workload> All { get; } =
        [.. from column in Enum.GetValues<ColumnKind>() from size in Sizes from workload in Of(column, size) select workload];

    /// <summary>Shown and sorted by BenchmarkDotNet: what is compared runs one after another.</summary>
    public override string ToString() => $"{Column} {Size} {Contender} {Batch}";

    // Tensors that are ready come from no column: the bare session is measured once, beside the vectors.
    private static IEnumerable<Workload> Of(ColumnKind column, int size)
    {
        Contender[] rowByRow = column == ColumnKind.Vector ? [Contender.Source, Contender.StockChain] : [Contender.Source, Contender.StockChain, Contender.PlainChain];
        Contender[] batched = column == ColumnKind.Vector ? [Contender.Purify, Contender.Session] : [Contender.Purify];
        return
        [
            .. rowByRow.Select(contender => new Workload(column, size, contender, Batch: 1)),
            .. batched.SelectMany(contender => Batches.Select(batch => new Workload(column, size, contender, batch))),
        ];
    }
}
