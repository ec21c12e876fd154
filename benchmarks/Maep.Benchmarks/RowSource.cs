using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Benchmarks;

/// <summary>Random images held in memory, repeated: reading them costs each contender the same, and little.</summary>
internal static class RowSource
{
    /// <summary>The column of every view.</summary>
    public const string Column = "Image";

    // As many as the largest batch; 19 MB of vectors at 224x224, so they come from memory, not from a cache.
    private const int DistinctRows = 32;

    /// <summary>A view of a number of rows; they are the same in each view.</summary>
    public static IDataView Create(MLContext context, ColumnKind column, int size, int rows) => column == ColumnKind.Image
        ? Create(context, ImageRows([.. Images(size)], rows), new ImageDataViewType(size, size))
        : Create(context, VectorRows([.. Vectors(size)], rows), new VectorDataViewType(NumberDataViewType.Single, 3, size, size));

    /// <summary>Distinct rows as planar RGB in [0, 1]; those of every view are the first.</summary>
    public static IEnumerable<float[]> Vectors(int size, int count = DistinctRows)
    {
        var random = new Random(1);
        for (var row = 0; row < count; row++)
        {
            yield return [.. Enumerable.Range(0, 3 * size * size).Select(_ => random.NextSingle())];
        }
    }

    private static IEnumerable<MLImage> Images(int size)
    {
        var random = new Random(1);
        var bytes = new byte[4 * size * size];
        for (var row = 0; row < DistinctRows; row++)
        {
            random.NextBytes(bytes);
            for (var alpha = 3; alpha < bytes.Length; alpha += 4)
            {
                bytes[alpha] = 255;
            }
            yield return MLImage.CreateFromPixels(size, size, MLPixelFormat.Bgra32, bytes);
        }
    }

    private static IEnumerable<VectorRow> VectorRows(float[][] vectors, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            yield return new VectorRow { Image = vectors[row % vectors.Length] };
        }
    }

    private static IEnumerable<ImageRow> ImageRows(MLImage[] images, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            var image = images[row % images.Length];
            // ExtractPixels disposes the image that it read last: let that be one which no later pass reads.
            yield return new ImageRow { Image = row < rows - 1 ? image : MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, image.Pixels) };
        }
    }

    private static IDataView Create<TRow>(MLContext context, IEnumerable<TRow> rows, DataViewType type) where TRow : class
    {
        if (type is ImageDataViewType image)
        {
            // ML.NET reads images only of sizes that an attribute has named.
            new ImageTypeAttribute(image.Height, image.Width).Register();
        }
        var schema = SchemaDefinition.Create(typeof(TRow));
        schema[Column].ColumnType = type;
        return context.Data.LoadFromEnumerable(rows, schema);
    }

    private sealed class VectorRow
    {
        public float[] Image { get; set; } = [];
    }

    private sealed class ImageRow
    {
        // A size is compulsory here; Create replaces it.
        [ImageType(1, 1)]
        public MLImage Image { get; set; } = null!;
    }
}
