using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Transforms;

/// <summary>The size of tiles, and how many pixels neighbours share at least.</summary>
internal sealed record TileSize(int Height, int Width, int Overlap);

/// <summary>The column to purify, matched against what the purifier takes.</summary>
internal sealed record PurifiedColumn
{
    /// <summary>Its name in the input.</summary>
    public required string Name { get; init; }

    /// <summary>Its type in the input it was fitted on.</summary>
    public required DataViewType InputType { get; init; }

    /// <summary>Rows of each purified image.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of each purified image.</summary>
    public required int Width { get; init; }

    /// <summary>Order and range of a vector; that of the purifier for images, which are converted as they are read.</summary>
    public PixelLayout Layout { get; init; } = PixelLayout.PlanarRgb;

    /// <summary>Whether <see cref="Layout"/> tells the range too; not for a vector of a model saved by version 0.1.0, whose file alone knows it.</summary>
    public bool KnowsRange { get; init; } = true;

    /// <summary>Least and largest value that a vector may hold; null where any may stand, as bytes of images are always colours.</summary>
    public (float Least, float Most)? Range => KnowsRange && !IsImage ? Layout.Range : null;

    /// <summary>The values that purified colours may have.</summary>
    public ColourRange Colours => KnowsRange ? ColourRange.Of(Layout) : ColourRange.Unknown;

    /// <summary>Tiles to cut each image into; null for none.</summary>
    public TileSize? Tiles { get; init; }

    /// <summary>How images of another size are brought to this one; null where they are refused.</summary>
    public ImageResizingEstimator.ResizingKind? Resizing { get; init; }

    public bool IsImage => InputType is ImageDataViewType;

    /// <summary>Values of one image: 3 * Height * Width.</summary>
    public int Length => PurifierFile.Channels * Height * Width;

    /// <summary>Shape of a tensor of so many images.</summary>
    public long[] Shape(long count) => Layout.Interleaved ? [count, Height, Width, PurifierFile.Channels] : [count, PurifierFile.Channels, Height, Width];

    /// <summary>Images that the purifier sees for one of the column.</summary>
    public int TilesOfImage => Tiles is null ? 1
        : new TileAxis(Height, Tiles.Height, Tiles.Overlap).Count * new TileAxis(Width, Tiles.Width, Tiles.Overlap).Count;

    /// <summary>Type of the purified column for an input column of some type.</summary>
    public DataViewType OutputType(DataViewType inputType) => IsImage ? new ImageDataViewType(Height, Width) : inputType;

    /// <summary>Finds the column and the size of its images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Missing, or of a type or size that the purifier does not take.</exception>
    public static PurifiedColumn Resolve(DataViewSchema inputSchema, AdversarialPurifierOptions options, PurifierFile file) => inputSchema.GetColumnOrNull(options.Source) switch
    {
        null => throw ColumnErrors.Missing(options.Source, nameof(inputSchema)),
        { Type: ImageDataViewType image } => FromImage(nameof(inputSchema), options, file, image),
        { Type: VectorDataViewType { IsKnownSize: true } vector } when vector.ItemType == NumberDataViewType.Single => FromVector(nameof(inputSchema), options, file, vector),
        { } other => throw ColumnErrors.WrongType(options.Source, $"{other.Type}", nameof(inputSchema)),
    };

    /// <summary>Finds the column in other data than it was fitted on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Missing, or of another type or size.</exception>
    public DataViewSchema.Column Match(DataViewSchema inputSchema)
    {
        var column = inputSchema.GetColumnOrNull(Name) ?? throw ColumnErrors.Missing(Name, nameof(inputSchema));
        var matches = column.Type switch
        {
            ImageDataViewType image => IsImage && (image.Height == 0 || Resizing is not null || (image.Height == Height && image.Width == Width)),
            VectorDataViewType vector => !IsImage && vector.ItemType == NumberDataViewType.Single && vector.Size == Length
                && (vector.Dimensions.Length < 3 || vector.Dimensions[^3..].Select(size => (long)size).SequenceEqual(Shape(1)[1..])),
            _ => false,
        };
        return matches ? column : throw ColumnErrors.Mismatch(Name, $"{InputType}, as fitted", $"{column.Type}", "fit the estimator on data of this type", nameof(inputSchema));
    }

    private static PurifiedColumn FromImage(string parameter, AdversarialPurifierOptions options, PurifierFile file, ImageDataViewType type)
    {
        var name = options.Source;
        var column = new PurifiedColumn { Name = name, InputType = type, Height = file.Height ?? type.Height, Width = file.Width ?? type.Width };
        if (column.Height == 0 || column.Width == 0)
        {
            throw ColumnErrors.Mismatch(name, "images of known size", "images of unknown size", $"{file.Path} takes any size, so put ResizeImages before the purifier", parameter);
        }
        switch (options.SizeHandling)
        {
            case SizeHandling.Resize:
                return column with { Resizing = options.Resizing };
            case SizeHandling.Tile when !file.TakesAnySize && type.Height == 0:
                throw ColumnErrors.Mismatch(name, "images of known size", "images of unknown size", "tiling needs one size for the column, so put ResizeImages before the purifier", parameter);
            case SizeHandling.Tile when !file.TakesAnySize && (type.Height, type.Width) != (column.Height, column.Width):
                return column with { Height = type.Height, Width = type.Width, Tiles = Tile(column.Height, column.Width, options) };
        }
        // Sizes of 0 are unknown: each image is then checked as it is read.
        if (type.Height > 0 && (type.Height != column.Height || type.Width != column.Width))
        {
            throw ColumnErrors.Mismatch(name, $"images of {column.Width}x{column.Height}", $"images of {type.Width}x{type.Height} (width x height)",
                $"put ResizeImages before the purifier, as {file.Path} has a fixed size, or set SizeHandling to Resize or Tile", parameter);
        }
        return column;
    }

    private static PurifiedColumn FromVector(string parameter, AdversarialPurifierOptions options, PurifierFile file, VectorDataViewType type)
    {
        var (name, layout) = (options.Source, options.Layout);
        // ExtractPixels gives (3, H, W), or (H, W, 3) when interleaved; a flat vector says nothing of its size.
        var dimensions = type.Dimensions.Length >= 3 ? type.Dimensions[^3..] : [];
        var (rows, columns, channels) = dimensions.Length == 0 ? (file.Height ?? 0, file.Width ?? 0, PurifierFile.Channels)
            : layout.Interleaved ? (dimensions[0], dimensions[1], dimensions[2]) : (dimensions[1], dimensions[2], dimensions[0]);
        if (rows == 0 || columns == 0)
        {
            throw ColumnErrors.Mismatch(name, TypeName(layout, "height", "width"), $"{type}", $"{file.Path} takes any size, so the type must tell it, as the output of ExtractPixels does", parameter);
        }
        var column = new PurifiedColumn { Name = name, InputType = type, Height = rows, Width = columns, Layout = layout };
        var isPurifiersSize = rows == (file.Height ?? rows) && columns == (file.Width ?? columns);
        if (channels != PurifierFile.Channels || type.Size != column.Length || (!isPurifiersSize && options.SizeHandling != SizeHandling.Tile))
        {
            var (height, width) = (file.Height ?? rows, file.Width ?? columns);
            throw ColumnErrors.Mismatch(name, TypeName(layout, $"{height}", $"{width}"), $"{type}",
                $"put ResizeImages({width}, {height}) and ExtractPixels with interleavePixelColors: {(layout.Interleaved ? "true" : "false")} before the purifier, or state the column's Layout", parameter);
        }
        return isPurifiersSize ? column : column with { Tiles = Tile(file.Height!.Value, file.Width!.Value, options) };
    }

    private static TileSize Tile(int height, int width, AdversarialPurifierOptions options) =>
        new(height, width, Math.Min(options.TileOverlap, Math.Min(height, width) / 2));

    private static string TypeName(PixelLayout layout, string height, string width) =>
        layout.Interleaved ? $"Vector<Single, {height}, {width}, 3>" : $"Vector<Single, 3, {height}, {width}>";
}
