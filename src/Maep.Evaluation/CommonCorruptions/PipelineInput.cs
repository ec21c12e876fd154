using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>The column of a saved ML.NET pipeline that takes images: as <see cref="MLImage"/>, as path of a file, or as a planar vector.</summary>
internal sealed class PipelineInput
{
    private readonly DataViewSchema _schema;
    private readonly DataViewSchema.Column _column;

    private PipelineInput(DataViewSchema schema, DataViewSchema.Column column, int height, int width)
    {
        (_schema, _column) = (schema, column);
        (Height, Width) = column.Type is ImageDataViewType { Height: > 0 } image ? (image.Height, image.Width) : (height, width);
    }

    public int Height { get; }

    public int Width { get; }

    public string Description => _column.Type switch
    {
        ImageDataViewType => $"images in '{_column.Name}'",
        TextDataViewType => $"paths in '{_column.Name}'",
        _ => $"planar RGB in [0, 1] in '{_column.Name}'",
    };

    /// <summary>Finds the column in the schema that a pipeline was saved with.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="saved">Null where the pipeline was saved without one.</param>
    /// <param name="options">Column asked for, size of the images.</param>
    /// <exception cref="InvalidDataException">No column, or more than one, can take images.</exception>
    public static PipelineInput Find(string path, DataViewSchema? saved, ClassifierOptions options)
    {
        var candidates = (saved ?? Enumerable.Empty<DataViewSchema.Column>()).Where(column => TakesImages(column, options)).ToArray();
        var found = saved is null or { Count: 0 } ? "no input columns" : $"input columns {string.Join(", ", saved.Select(column => $"'{column.Name}' {column.Type}"))}";
        if (options.InputColumn is { } asked)
        {
            if (saved?.GetColumnOrNull(asked) is null)
                return WithImageColumn(saved, asked, options);
            return candidates.FirstOrDefault(column => column.Name == asked) is { Name: not null } named
                ? new PipelineInput(saved, named, options.Height, options.Width)
                : throw new InvalidDataException($"{path}: column '{asked}' is {saved[asked].Type}; images go in as an image, as the path of a file or as Vector<Single, 3, {options.Height}, {options.Width}>. Correct --input-column.");
        }
        return candidates switch
        {
            [var only] => new PipelineInput(saved!, only, options.Height, options.Width),
            [] => throw new InvalidDataException($"{path}: {found}, none of them an image, the path of one or Vector<Single, 3, {options.Height}, {options.Width}>. ML.NET leaves image columns out of saved schemas: name it with --input-column."),
            _ => throw new InvalidDataException($"{path}: {found}; more than one can take images: name it with --input-column."),
        };
    }

    /// <summary>Rows of images for the pipeline.</summary>
    /// <param name="images">The images.</param>
    /// <param name="folder">Where they are written, for a pipeline that takes paths. Never the images' own files: a pipeline may decode some kinds otherwise than
    /// <see cref="ImageFile"/>, and then a purifier that changes nothing would seem to help or to harm.</param>
    public ImageRowsView Rows(IReadOnlyList<ClassifierInput> images, string folder) =>
        new(_schema, _column.Index, [.. images.Select((image, row) => Getter(image, Path.Combine(folder, $"{row}.png")))]);

    private static bool TakesImages(DataViewSchema.Column column, ClassifierOptions options) => column.Type switch
    {
        ImageDataViewType => true,
        TextDataViewType => column.Name != "Label", // what pipelines that were trained on (path, label) call the other text
        VectorDataViewType vector => vector.ItemType == NumberDataViewType.Single && vector.Size == 3 * options.Height * options.Width,
        _ => false,
    };

    private static PipelineInput WithImageColumn(DataViewSchema? saved, string name, ClassifierOptions options)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(saved ?? Enumerable.Empty<DataViewSchema.Column>());
        builder.AddColumn(name, new ImageDataViewType(options.Height, options.Width));
        var schema = builder.ToSchema();
        return new PipelineInput(schema, schema[name], options.Height, options.Width);
    }

    private Delegate Getter(ClassifierInput image, string temporary)
    {
        if (_column.Type is TextDataViewType)
        {
            File.WriteAllBytes(temporary, ImageFile.Png(new RgbImage(Array.ConvertAll(image.Pixels, Byte), Height, Width)));
            var path = Path.GetFullPath(temporary).AsMemory();
            return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = path);
        }
        if (_column.Type is VectorDataViewType)
        {
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                var editor = VBufferEditor.Create(ref value, image.Pixels.Length);
                image.Pixels.CopyTo(editor.Values);
                value = editor.Commit();
            });
        }
        return (ValueGetter<MLImage>)((ref MLImage value) =>
        {
            value?.Dispose();
            value = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Bgra32, Bgra(image.Pixels));
        });
    }

    private static byte[] Bgra(float[] pixels)
    {
        var plane = pixels.Length / 3;
        var bytes = new byte[4 * plane];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            for (var channel = 0; channel < 3; channel++)
                bytes[(4 * pixel) + 2 - channel] = Byte(pixels[(channel * plane) + pixel]);
            bytes[(4 * pixel) + 3] = byte.MaxValue;
        }
        return bytes;
    }

    private static byte Byte(float value) => (byte)Math.Round(Math.Clamp(value, 0, 1) * 255.0);
}
