using Microsoft.ML.Transforms.Image;

namespace Maep.Transforms;

/// <summary>Which column to purify with which model, and how to run it.</summary>
public sealed record AdversarialPurifierOptions
{
    /// <summary>Least pixels that neighbouring tiles share where nothing else is asked for: no seam shows from 2 on, and purifiers of photographs learn at 4.</summary>
    public const int DefaultTileOverlap = TileAxis.DefaultOverlap;

    internal const int DefaultBatchSize = 16;

    /// <summary>Path of a purifier written by <c>maep export</c> (ONNX), or the name of a shipped one, such as <see cref="PurifierModels.MaepCifar10"/>.</summary>
    public required string ModelPath { get; init; }

    /// <summary>Column to write; it hides an input column of the same name.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>Column to read; null means <see cref="OutputColumnName"/>.</summary>
    public string? InputColumnName { get; init; }

    /// <summary>What to do with images of another size than the purifier takes.</summary>
    public SizeHandling SizeHandling { get; init; }

    /// <summary>How <see cref="SizeHandling.Resize"/> fits an image of another shape; <c>Fill</c> takes the nearest pixel, the others resample well.</summary>
    public ImageResizingEstimator.ResizingKind Resizing { get; init; } = ImageResizingEstimator.ResizingKind.IsoCrop;

    /// <summary>Least pixels that neighbouring tiles share in <see cref="SizeHandling.Tile"/>, at least 0; half a tile at most is used.</summary>
    public int TileOverlap { get; init; } = DefaultTileOverlap;

    /// <summary>Order and range of a vector column. Image columns need none.</summary>
    public PixelLayout Layout { get; init; } = PixelLayout.PlanarRgb;

    /// <summary>CUDA device; null means <c>MLContext.GpuDeviceId</c>, and the CPU where that is null too.</summary>
    public int? GpuDeviceId { get; init; }

    /// <summary>Whether a GPU that cannot be used means the CPU rather than an error.</summary>
    public bool FallbackToCpu { get; init; }

    /// <summary>
    /// Images purified at a time, at least 1: by a GPU in one call, by the cores of a CPU one each. 16 keeps cores busy; a GPU gains up to 64.
    /// A cursor holds this many rows in memory, and fewer where they fill 64 MiB. Tiles count as images; those of one image are purified in bands of 64 MiB of working memory.
    /// </summary>
    public int BatchSize { get; init; } = DefaultBatchSize;

    /// <summary>Threads that purify on a CPU, at least 1: of a batch one image each, of a single row all the same image. Null means one for each core.</summary>
    public int? Threads { get; init; }

    /// <summary>Ends reading with <see cref="OperationCanceledException"/>: before the next row, and within a batch or an image before ONNX Runtime's next operator.</summary>
    public CancellationToken Cancellation { get; init; }

    internal string Source => InputColumnName ?? OutputColumnName;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">Lists each option out of its range.</exception>
    public void Validate()
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(ModelPath))
        {
            faults.Add($"ModelPath '{ModelPath}' is empty; give the path of an ONNX file.");
        }
        if (string.IsNullOrWhiteSpace(OutputColumnName))
        {
            faults.Add($"OutputColumnName '{OutputColumnName}' is empty; name the column to write.");
        }
        if (InputColumnName is not null && string.IsNullOrWhiteSpace(InputColumnName))
        {
            faults.Add($"InputColumnName '{InputColumnName}' is empty; name a column, or leave it null for OutputColumnName.");
        }
        if (GpuDeviceId < 0)
        {
            faults.Add($"GpuDeviceId {GpuDeviceId} is negative; use 0 for the first GPU, or null for the CPU.");
        }
        if (BatchSize < 1)
        {
            faults.Add($"BatchSize {BatchSize} is below 1; 16 suits a CPU, 64 a GPU.");
        }
        if (Threads < 1)
        {
            faults.Add($"Threads {Threads} is below 1; use 1 or more, or null for one for each core.");
        }
        if (!Enum.IsDefined(SizeHandling))
        {
            faults.Add($"SizeHandling {SizeHandling} is not one of {string.Join(", ", Enum.GetNames<SizeHandling>())}.");
        }
        if (!Enum.IsDefined(Resizing))
        {
            faults.Add($"Resizing {Resizing} is not one of {string.Join(", ", Enum.GetNames<ImageResizingEstimator.ResizingKind>())}.");
        }
        if (TileOverlap < 0)
        {
            faults.Add($"TileOverlap {TileOverlap} is negative; 0 sets tiles side by side.");
        }
        faults.AddRange(Layout is null ? [$"Layout is null; use PixelLayout.PlanarRgb."] : Layout.Faults());
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, faults));
        }
    }
}
