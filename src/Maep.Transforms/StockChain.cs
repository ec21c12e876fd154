using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;

namespace Maep.Transforms;

/// <summary>The same computation as a chain of ML.NET's own transformers, which any process can load: this is what a saved model holds.</summary>
internal static class StockChain
{
    private const string AlphaName = "maep.alpha";
    private const string PixelsName = "maep.pixels";

    /// <summary>Builds the chain; the caller disposes it.</summary>
    public static TransformerChain<ITransformer> Create(
        TransformsCatalog catalog, PurifierFile file, PurifiedColumn column, string outputColumnName)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(column.Name, column.InputType);
        var steps = column.IsImage ? Image(catalog, file, column, outputColumnName) : Vector(catalog, file, column, outputColumnName);
        return steps.Aggregate(new EstimatorChain<ITransformer>(), (chain, step) => chain.Append(step)).Fit(new SchemaOnlyView(builder.ToSchema()));
    }

    private static IEnumerable<IEstimator<ITransformer>> Vector(TransformsCatalog catalog, PurifierFile file, PurifiedColumn column, string output) =>
    [
        catalog.CopyColumns(PurifierFile.InputName, column.Name),
        Purify(catalog, file, column),
        catalog.CopyColumns(output, PurifierFile.OutputName),
        catalog.DropColumns(PurifierFile.InputName, PurifierFile.OutputName),
    ];

    private static IEnumerable<IEstimator<ITransformer>> Image(TransformsCatalog catalog, PurifierFile file, PurifiedColumn column, string output)
    {
        const string Sized = "maep.sized";
        var type = (ImageDataViewType)column.InputType;
        // ExtractPixels wants the size in the type. Where it is there already ResizeImages is left out: it fails on a missing image.
        var isSized = type.Height > 0;
        var source = isSized ? column.Name : Sized;
        if (!isSized)
        {
            yield return catalog.ResizeImages(Sized, column.Width, column.Height, column.Name);
        }
        yield return catalog.ExtractPixels(PurifierFile.InputName, source, scaleImage: ImageBatch.BytesToUnit);
        yield return catalog.ExtractPixels(AlphaName, source, ImagePixelExtractingEstimator.ColorBits.Alpha, scaleImage: ImageBatch.BytesToUnit);
        yield return Purify(catalog, file, column);
        yield return catalog.Concatenate(PixelsName, AlphaName, PurifierFile.OutputName);
        // Without alpha among its colours ConvertToImage writes alpha 0; without a scale it truncates instead of rounding.
        yield return catalog.ConvertToImage(column.Height, column.Width, output, PixelsName,
            ImagePixelExtractingEstimator.ColorBits.All, ImagePixelExtractingEstimator.ColorsOrder.ARGB, scaleImage: ImageBatch.UnitToBytes);
        string[] temporary = [PurifierFile.InputName, AlphaName, PurifierFile.OutputName, PixelsName];
        yield return catalog.DropColumns(isSized ? temporary : [.. temporary, Sized]);
    }

    private static OnnxScoringEstimator Purify(TransformsCatalog catalog, PurifierFile file, PurifiedColumn column)
    {
        int[] shape = [1, PurifierFile.Channels, column.Height, column.Width];
        var shapes = new Dictionary<string, int[]> { [PurifierFile.InputName] = shape, [PurifierFile.OutputName] = shape };
        return catalog.ApplyOnnxModel(PurifierFile.OutputName, PurifierFile.InputName, new MemoryStream(file.Bytes), shapes);
    }

    /// <summary>Stands for data while the steps are fitted: they look at the schema alone.</summary>
    private sealed class SchemaOnlyView(DataViewSchema schema) : IDataView
    {
        public bool CanShuffle => false;

        public DataViewSchema Schema => schema;

        public long? GetRowCount() => 0;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
            throw new NotSupportedException("A step of the saved chain asked for rows while being fitted; only steps that need none can be saved.");

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded, rand)];
    }
}
