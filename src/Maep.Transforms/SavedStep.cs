using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Transforms;

/// <summary>What a saved model notes of a purifier, in the metadata of its ONNX file: enough to run it in batches again. No device, no threads.</summary>
internal sealed record SavedStep
{
    /// <summary>Name of the metadata entry.</summary>
    public const string Key = "maep.step";

    public string Output { get; init; } = "";
    public string Input { get; init; } = "";
    public bool IsImage { get; init; }

    /// <summary>Of the input column's type: height and width of an image (0 for unknown), or the dimensions of a vector.</summary>
    public int[] Dimensions { get; init; } = [];
    public int Height { get; init; }
    public int Width { get; init; }
    /// <summary>Of a vector; null in models saved by version 0.1.0, which tell <see cref="Interleaved"/> alone.</summary>
    public PixelLayout? Layout { get; init; }
    public bool Interleaved { get; init; }
    public TileSize? Tiles { get; init; }
    public ImageResizingEstimator.ResizingKind? Resizing { get; init; }

    /// <summary>The column to purify.</summary>
    public PurifiedColumn ToColumn() => new()
    {
        Name = Input,
        InputType = IsImage ? Dimensions is [> 0, > 0] ? new ImageDataViewType(Dimensions[0], Dimensions[1]) : new ImageDataViewType() : new VectorDataViewType(NumberDataViewType.Single, Dimensions),
        Height = Height,
        Width = Width,
        Layout = Layout ?? new PixelLayout { Interleaved = Interleaved },
        KnowsRange = Layout is not null || IsImage,
        Tiles = Tiles,
        Resizing = Resizing,
    };

    public static string Write(PurifiedColumn column, string output) => JsonSerializer.Serialize(new SavedStep
    {
        Output = output,
        Input = column.Name,
        IsImage = column.IsImage,
        Dimensions = column.InputType is ImageDataViewType image ? [image.Height, image.Width] : [.. ((VectorDataViewType)column.InputType).Dimensions],
        Height = column.Height,
        Width = column.Width,
        Layout = column.KnowsRange && !column.IsImage ? column.Layout : null,
        Interleaved = column.Layout.Interleaved,
        Tiles = column.Tiles,
        Resizing = column.Resizing,
    });

    /// <summary>The note in a file; null where there is none.</summary>
    public static SavedStep? Read(byte[] file) => PurifierGraph.Metadata(file, Key) is { } json ? JsonSerializer.Deserialize<SavedStep>(json) : null;
}
