using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Transforms.Tests;

/// <summary>A folder of tiny purifiers, and data of random images; the folder goes with the fixture.</summary>
public sealed class PurifierFixture : IDisposable
{
    public const int Size = 32;
    public const int Length = 3 * Size * Size;

    public PurifierFixture()
    {
        Folder = Directory.CreateTempSubdirectory("maep-transforms-").FullName;
        Fixed = new TinyPurifier().Write(Folder, "fixed.onnx");
        Dynamic = new TinyPurifier { Size = null }.Write(Folder, "dynamic.onnx");
    }

    public string Folder { get; }

    /// <summary>Takes 32x32 only.</summary>
    public string Fixed { get; }

    /// <summary>Takes any size.</summary>
    public string Dynamic { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A path for a file of this test.</summary>
    public string NewPath(string name) => Path.Combine(Folder, Guid.NewGuid().ToString("N") + name);

    internal static List<VectorRow> Vectors(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(id => new VectorRow
        {
            Id = id,
            Name = $"row {id}",
            Weights = [.. Enumerable.Range(0, id % 5).Select(k => id + k / 10f)],
            Pixels = [.. Enumerable.Range(0, Length).Select(_ => random.NextSingle())],
        })];
    }

    internal static MLImage RandomImage(Random random, int size = Size, MLPixelFormat format = MLPixelFormat.Bgra32, byte? alpha = 255)
    {
        var bytes = new byte[4 * size * size];
        random.NextBytes(bytes);
        for (var pixel = 0; pixel < size * size; pixel++)
        {
            bytes[4 * pixel + 3] = alpha ?? bytes[4 * pixel + 3];
        }
        return MLImage.CreateFromPixels(size, size, format, bytes);
    }

    internal static List<ImageRow> Images(int count, byte? alpha = 255)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, count).Select(id => new ImageRow
        {
            Id = id,
            Image = RandomImage(random, format: id % 2 == 0 ? MLPixelFormat.Bgra32 : MLPixelFormat.Rgba32, alpha: alpha),
        })];
    }

    /// <summary>The model as another process would load it.</summary>
    internal static ITransformer SaveAndLoad(ITransformer transformer, DataViewSchema? schema = null)
    {
        using var zip = new MemoryStream();
        new MLContext().Model.Save(transformer, schema, zip);
        return PurifiedPipeline.Load(new MLContext(), zip, out _);
    }

    /// <summary>Reads a column of vectors to the end.</summary>
    internal static float[][] ReadVectors(IDataView view, string column) => [.. view.GetColumn<float[]>(column)];

    /// <summary>Reads a column of images to the end: width, height and bytes in BGRA or RGBA order; null for a missing one.</summary>
    internal static List<byte[]?> ReadImages(IDataView view, string column, List<string?>? tags = null)
    {
        var images = new List<byte[]?>();
        using var cursor = view.GetRowCursor([view.Schema[column]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema[column]);
        MLImage? image = null;
        while (cursor.MoveNext())
        {
            getter(ref image!);
            images.Add(image is null ? null : image.Pixels.ToArray());
            tags?.Add(image?.Tag);
        }
        image?.Dispose();
        return images;
    }
}

internal sealed class VectorRow
{
    public int Id { get; set; }
    public string Name { get; set; } = "";
    public float[] Weights { get; set; } = [];
    [VectorType(3, PurifierFixture.Size, PurifierFixture.Size)]
    public float[] Pixels { get; set; } = [];
}

internal sealed class PurifiedVectorRow
{
    public int Id { get; set; }
    public string Name { get; set; } = "";
    public float[] Weights { get; set; } = [];
    public float[] Purified { get; set; } = [];
}

internal sealed class ImageRow
{
    public int Id { get; set; }
    [ImageType(PurifierFixture.Size, PurifierFixture.Size)]
    public MLImage Image { get; set; } = null!;
}

internal sealed class PurifiedImageRow
{
    [ImageType(PurifierFixture.Size, PurifierFixture.Size)]
    public MLImage Purified { get; set; } = null!;
}

internal sealed class PathRow
{
    public string Path { get; set; } = "";
}
