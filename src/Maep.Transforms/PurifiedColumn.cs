using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Transforms;

/// <summary>The column to purify, matched against what the purifier takes.</summary>
/// <param name="Name">Its name in the input.</param>
/// <param name="InputType">Its type in the input.</param>
/// <param name="Height">Rows of each image.</param>
/// <param name="Width">Columns of each image.</param>
internal sealed record PurifiedColumn(string Name, DataViewType InputType, int Height, int Width)
{
    public bool IsImage => InputType is ImageDataViewType;

    public DataViewType OutputType => IsImage ? new ImageDataViewType(Height, Width) : InputType;

    /// <summary>Values of one image: 3 * Height * Width.</summary>
    public int Length => PurifierFile.Channels * Height * Width;

    /// <summary>Finds the column and the size of its images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Missing, or of a type or size that the purifier does not take.</exception>
    public static PurifiedColumn Resolve(DataViewSchema inputSchema, string name, PurifierFile file) => inputSchema.GetColumnOrNull(name) switch
    {
        null => throw ColumnErrors.Missing(name, nameof(inputSchema)),
        { Type: ImageDataViewType image } => FromImage(inputSchema, name, file, image),
        { Type: VectorDataViewType { IsKnownSize: true } vector } when vector.ItemType == NumberDataViewType.Single =>
            FromVector(inputSchema, name, file, vector),
        { } other => throw ColumnErrors.WrongType(name, $"{other.Type}", nameof(inputSchema)),
    };

    private static PurifiedColumn FromImage(DataViewSchema inputSchema, string name, PurifierFile file, ImageDataViewType type)
    {
        var height = file.Height ?? type.Height;
        var width = file.Width ?? type.Width;
        if (height == 0 || width == 0)
        {
            throw ColumnErrors.Mismatch(name, "images of known size", "images of unknown size",
                $"{file.Path} takes any size, so put ResizeImages before the purifier", nameof(inputSchema));
        }
        // Sizes of 0 are unknown: each image is then checked as it is read.
        if (type.Height > 0 && (type.Height != height || type.Width != width))
        {
            throw ColumnErrors.Mismatch(name, $"images of {width}x{height}", $"images of {type.Width}x{type.Height} (width x height)",
                $"put ResizeImages before the purifier, as {file.Path} has a fixed size", nameof(inputSchema));
        }
        return new PurifiedColumn(name, type, height, width);
    }

    private static PurifiedColumn FromVector(DataViewSchema inputSchema, string name, PurifierFile file, VectorDataViewType type)
    {
        // ExtractPixels gives (3, H, W), or (H, W, 3) when interleaved; a flat vector says nothing of its layout.
        var layout = type.Dimensions.Length >= 3 ? type.Dimensions[^3..] : [];
        var height = file.Height ?? (layout is [_, _, _] ? layout[1] : 0);
        var width = file.Width ?? (layout is [_, _, _] ? layout[2] : 0);
        if (height == 0 || width == 0)
        {
            throw ColumnErrors.Mismatch(name, "Vector<Single, 3, height, width>", $"{type}",
                $"{file.Path} takes any size, so the type must tell it, as the output of ExtractPixels does", nameof(inputSchema));
        }
        var planar = layout.Length == 0 || layout is [PurifierFile.Channels, var rows, var columns] && rows == height && columns == width;
        if (!planar || type.Size != PurifierFile.Channels * height * width)
        {
            throw ColumnErrors.Mismatch(name, $"Vector<Single, 3, {height}, {width}>", $"{type}",
                $"put ResizeImages({width}, {height}) and ExtractPixels with interleavePixelColors: false before the purifier", nameof(inputSchema));
        }
        return new PurifiedColumn(name, type, height, width);
    }
}
