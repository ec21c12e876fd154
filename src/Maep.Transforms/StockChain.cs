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
    /// <param name="catalog">For the stock steps.</param>
    /// <param name="file">ONNX for the column; it gets a note of the step, for <see cref="PurifiedPipeline"/>.</param>
    /// <param name="column">The column to purify.</param>
    /// <param name="outputColumnName">The column to write.</param>
    public static TransformerChain<ITransformer> Create(TransformsCatalog catalog, byte[] file, PurifiedColumn column, string outputColumnName)
    {
        file = PurifierGraph.WithMetadata(file, SavedStep.Key, SavedStep.Write(column, outputColumnName));
        var steps = column.IsImage ? Image(catalog, file, column, outputColumnName) : Vector(catalog, file, column, outputColumnName);
        return steps.Aggregate(new EstimatorChain<ITransformer>(), (chain, step) => chain.Append(step)).Fit(new SchemaOnlyView(column.Name, column.InputType));
    }

    private static IEnumerable<IEstimator<ITransformer>> Vector(TransformsCatalog catalog, byte[] file, PurifiedColumn column, string output) =>
    [
        catalog.CopyColumns(PurifierFile.InputName, column.Name),
        Purify(catalog, file, column),
        catalog.CopyColumns(output, PurifierFile.OutputName),
        catalog.DropColumns(PurifierFile.InputName, PurifierFile.OutputName),
    ];

    private static IEnumerable<IEstimator<ITransformer>> Image(TransformsCatalog catalog, byte[] file, PurifiedColumn column, string output)
    {
        const string Sized = "maep.sized";
        var type = (ImageDataViewType)column.InputType;
        // ExtractPixels wants the size in the type. Where it is there already ResizeImages is left out: it fails on a missing image.
        var isSized = type.Height == column.Height && type.Width == column.Width;
        var source = isSized ? column.Name : Sized;
        if (!isSized)
        {
            yield return catalog.ResizeImages(Sized, column.Width, column.Height, column.Name, column.Resizing ?? ImageResizingEstimator.ResizingKind.IsoCrop);
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

    private static OnnxScoringEstimator Purify(TransformsCatalog catalog, byte[] file, PurifiedColumn column)
    {
        int[] shape = [.. column.Shape(1).Select(size => (int)size)];
        var shapes = new Dictionary<string, int[]> { [PurifierFile.InputName] = shape, [PurifierFile.OutputName] = shape };
        return catalog.ApplyOnnxModel(PurifierFile.OutputName, PurifierFile.InputName, new MemoryStream(file), shapes);
    }
}
