using Maep.Transforms;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Adds ImageNet-C folders to the data operations of an <see cref="MLContext"/>.</summary>
public static class ImageNetCCatalog
{
    /// <summary>Load the images of an ImageNet-C folder, or of one laid out like it, as rows: path, corruption, severity and class.</summary>
    /// <param name="catalog">The data operations' catalog.</param>
    /// <param name="root">Folder that holds corruption/severity/WordNet id/image, with or without the folders noise, blur, weather, digital and extra.</param>
    /// <param name="classIndexPath">Class index file such as Keras' imagenet_class_index.json. If set to <see langword="null"/>, the
    /// class folders must tell the index: whole numbers from 0 or 1 on without a gap by their value, or all 1000 classes of ImageNet by their order.</param>
    /// <inheritdoc cref="LoadImageNetC(DataOperationsCatalog, ImageNetCOptions)"/>
    public static IDataView LoadImageNetC(this DataOperationsCatalog catalog, string root, string? classIndexPath = null) =>
        catalog.LoadImageNetC(new ImageNetCOptions { Root = root, ClassIndexPath = classIndexPath });

    /// <summary>Load chosen corruptions and severities of an ImageNet-C folder as rows: path, corruption, severity and class.</summary>
    /// <param name="catalog">The data operations' catalog.</param>
    /// <param name="options">Folder, class index, corruptions and severities.</param>
    /// <returns>Columns <see cref="ImageNetCRow.ImagePath"/>, <see cref="ImageNetCRow.Corruption"/>, <see cref="ImageNetCRow.Severity"/>,
    /// <see cref="ImageNetCRow.WordNetId"/>, <see cref="ImageNetCRow.Label"/> (key) and <see cref="ImageNetCRow.ClassIndex"/>. Files are listed as rows are read, the
    /// names of one class folder at a time, so millions take no memory; no image is opened.</returns>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="FileNotFoundException">No such class index file.</exception>
    /// <exception cref="InvalidDataException">No corruption in the folder, one of them twice, or a class folder without an index.</exception>
    /// <exception cref="ArgumentException">A corruption or severity asked for is not there.</exception>
    /// <example>
    /// <code>
    /// var images = mlContext.Data.LoadImageNetC("ImageNet-C");
    /// var pipeline = mlContext.Transforms.LoadImages("Image", "", "ImagePath")
    ///     .Append(mlContext.Transforms.ResizeImages("Image", 224, 224))   // tells the size; the images have it
    ///     .Append(mlContext.Transforms.ExtractPixels("image", "Image", scaleImage: 1 / 255f))
    ///     .Append(mlContext.Transforms.ApplyOnnxModel("logits", "image", "classifier.onnx"));
    /// </code>
    /// </example>
    public static IDataView LoadImageNetC(this DataOperationsCatalog catalog, ImageNetCOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        var cells = options.Cells();
        var classes = ImageNetClassIndex.For(options.ClassIndexPath, [.. cells.Select(cell => cell.Images)]);
        var schema = SchemaDefinition.Create(typeof(ImageNetCRow));
        var label = schema[nameof(ImageNetCRow.Label)];
        label.ColumnType = new KeyDataViewType(typeof(uint), classes.Folders.Count);
        label.AddAnnotation("KeyValues", new VBuffer<ReadOnlyMemory<char>>(classes.Folders.Count, [.. classes.Folders.Select(folder => folder.AsMemory())]),
            new VectorDataViewType(TextDataViewType.Instance, classes.Folders.Count));
        return catalog.LoadFromEnumerable(Rows(cells, classes), schema);
    }

    private static IEnumerable<ImageNetCRow> Rows(IReadOnlyList<ImageNetCCell> cells, ImageNetClassIndex classes)
    {
        foreach (var cell in cells)
        {
            foreach (var (name, path) in cell.Images.Images())
            {
                var index = classes.Find(name) ?? throw new InvalidDataException($"{path}: its class folder '{name}' came after the view was made; load the folder again.");
                yield return new ImageNetCRow
                {
                    ImagePath = path,
                    Corruption = cell.Corruption,
                    Severity = cell.Severity,
                    WordNetId = name,
                    Label = (uint)index, // LoadFromEnumerable takes keys 0-based and makes them 1-based
                    ClassIndex = index,
                };
            }
        }
    }
}
