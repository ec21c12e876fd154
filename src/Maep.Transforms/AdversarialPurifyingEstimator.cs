using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Transforms;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for the <see cref="AdversarialPurifyingTransformer"/>, which removes adversarial perturbations
/// from images before a classifier sees them.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
///
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | <xref:Microsoft.ML.Data.MLImage>, or a vector of <xref:System.Single> of length 3 x height x width in any layout of `ExtractPixels` (<xref:Maep.Transforms.PixelLayout>; planar RGB in [0, 1] unless said otherwise) |
/// | Output column data type | The same: <xref:Microsoft.ML.Data.MLImage> of known size, or a vector of <xref:System.Single> |
/// | Required NuGet in addition to Microsoft.ML | Microsoft.ML.ImageAnalytics, Microsoft.ML.OnnxTransformer, Microsoft.ML.OnnxRuntime (or Microsoft.ML.OnnxRuntime.Gpu) |
/// | Exportable to ONNX | No: `ConvertToOnnx` throws, and says how to convert the steps after the purifier, which is an ONNX file itself |
///
/// The purifier is one of <xref:Maep.Transforms.PurifierModels> or an ONNX file written by `maep export`. Images of another size than it takes
/// are refused, resized or tiled, as <xref:Maep.Transforms.SizeHandling> says; a saved model keeps the layout and the tiles inside its ONNX file.
/// `Fit` and `Transform` compute nothing; rows are purified in batches as they are read, and again on every pass, so before a trainer of
/// several passes put `AppendCacheCheckpoint`. A batch crosses to a GPU once and comes back once.
///
/// Purified images are Bgra32; alpha and tag stay those of the input, and a missing image stays missing. A vector of another length than fitted is
/// an error of its row. Purified values are clamped to the colours of the layout, with one warning in the log; one that is not finite is an error.
///
/// `mlContext.Model.Save` writes a chain of ML.NET's own transformers with the ONNX file in it, which any process can load without this
/// library. That chain works row by row, so it is slower, above all on a GPU, and it reads each image twice, once for its alpha;
/// <xref:Maep.Transforms.PurifiedPipeline> turns it back into batches after loading. It gives the same pixels, but another tag. Where the size
/// of the images is not in the column's type it resizes (cropping) instead of refusing other sizes. It has no missing images: one is
/// purified as if it were black and transparent or, where the chain resizes, may be an error.
/// ]]></format>
/// </remarks>
/// <seealso cref="PurifyAdversarialCatalog"/>
public sealed class AdversarialPurifyingEstimator : IEstimator<AdversarialPurifyingTransformer>
{
    private readonly TransformsCatalog _catalog;
    private readonly AdversarialPurifierOptions _options;
    private readonly PurifierFile _file;

    internal AdversarialPurifyingEstimator(TransformsCatalog catalog, AdversarialPurifierOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _catalog = catalog;
        _options = ContextEnvironment.Resolve(catalog, options);
        _file = PurifierFile.Read(options.ModelPath);
    }

    /// <summary>Loads the purifier and checks the column; reads no row.</summary>
    /// <param name="input">Data with the column to purify.</param>
    /// <returns>A transformer with an ONNX Runtime session of its own; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or of a type or size that the purifier does not take.</exception>
    /// <exception cref="InvalidDataException">A layout or tiles are asked of a file whose ONNX operator set is below 13.</exception>
    /// <exception cref="InvalidOperationException">The GPU asked for cannot be used.</exception>
    public AdversarialPurifyingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var column = PurifiedColumn.Resolve(input.Schema, _options, _file);
        return new AdversarialPurifyingTransformer(_catalog, _options, PurifierGraph.For(_file, column), column);
    }

    /// <summary>The schema after purification.</summary>
    /// <param name="inputSchema">Schema with the column to purify.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or neither images nor a vector of float; its size is checked by <see cref="Fit"/>.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var source = _options.Source;
        var found = inputSchema.Where(column => column.Name == source).ToList();
        if (found.Count == 0)
        {
            throw ColumnErrors.Missing(source, nameof(inputSchema));
        }

        var column = found[0];
        var isImage = column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType is ImageDataViewType;
        var isVector = column.Kind == SchemaShape.Column.VectorKind.Vector && column.ItemType == NumberDataViewType.Single;
        if (!isImage && !isVector)
        {
            var type = column.Kind == SchemaShape.Column.VectorKind.Scalar ? $"{column.ItemType}" : $"{column.Kind} of {column.ItemType}";
            throw ColumnErrors.WrongType(source, type, nameof(inputSchema));
        }

        // SchemaShape.Column cannot be made outside ML.NET: borrow it from a stock estimator with the same output type.
        return isImage && _options.SizeHandling != SizeHandling.Tile && _file is { Height: { } height, Width: { } width }
            ? _catalog.ResizeImages(_options.OutputColumnName, width, height, source).GetOutputSchema(inputSchema)
            : _catalog.CopyColumns(_options.OutputColumnName, source).GetOutputSchema(inputSchema);
    }
}
