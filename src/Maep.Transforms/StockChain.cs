using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;

namespace Maep.Transforms;

/// <summary>The same computation as a chain of ML.NET's own transformers, which any process can load: this is what a saved model holds.</summary>
internal sealed class StockChain : IDisposable
{
    // Columns between the steps. DropColumns drops every column of a name, so these must be nobody else's: classifiers take maep.image.
    private const string ImageName = "maep.step.image";
    private const string PurifiedName = "maep.step.purified";
    private const string AlphaName = "maep.step.alpha";
    private const string PixelsName = "maep.step.pixels";
    private const string SizedName = "maep.step.sized";

    private readonly TransformerChain<ITransformer> _chain;
    private readonly string _folder;

    private StockChain(TransformerChain<ITransformer> chain, string folder) => (_chain, _folder) = (chain, folder);

    /// <summary>Builds the chain; the caller disposes it.</summary>
    /// <param name="tempFolder">Where it keeps its network until it is disposed.</param>
    /// <param name="file">ONNX for the column; it gets a note of the step, for <see cref="PurifiedPipeline"/>.</param>
    /// <param name="column">The column to purify.</param>
    /// <param name="outputColumnName">The column to write.</param>
    public static StockChain Create(string tempFolder, byte[] file, PurifiedColumn column, string outputColumnName)
    {
        // ApplyOnnxModel given a stream writes a file that it never deletes, under a random name that ONNX Runtime may misread.
        var folder = Directory.CreateDirectory(Path.Combine(tempFolder, $"maep-{Guid.NewGuid():N}")).FullName;
        try
        {
            var path = Path.Combine(folder, "purifier.onnx");
            File.WriteAllBytes(path, PurifierGraph.ToSaved(file, ImageName, PurifiedName, SavedStep.Write(column, outputColumnName)));
            // A context of its own: that of the user may ask for a GPU, and steps that are only written need none.
            var catalog = new MLContext().Transforms;
            var steps = column.IsImage ? Image(catalog, path, column, outputColumnName) : Vector(catalog, path, column, outputColumnName);
            var chain = steps.Aggregate(new EstimatorChain<ITransformer>(), (chain, step) => chain.Append(step)).Fit(new SchemaOnlyView(column.Name, column.InputType));
            return new StockChain(chain, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Writes the chain, network included.</summary>
    public void Save(ModelSaveContext context) => ((ICanSaveModel)_chain).Save(context);

    public void Dispose()
    {
        _chain.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>How many steps of the chain stand before its network, and how many after.</summary>
    public static (int Before, int After) Around(PurifiedColumn column) => (column.IsImage ? IsSized(column) ? 2 : 3 : 1, column.IsImage ? 3 : 2);

    // ExtractPixels wants the size in the type. Where every image has it ResizeImages is left out: it fails on a missing image.
    private static bool IsSized(PurifiedColumn column) =>
        column.Resizing is null && column.InputType is ImageDataViewType type && type.Height == column.Height && type.Width == column.Width;

    private static IEnumerable<IEstimator<ITransformer>> Vector(TransformsCatalog catalog, string file, PurifiedColumn column, string output) =>
    [
        catalog.CopyColumns(ImageName, column.Name),
        Purify(catalog, file, column),
        // A copy, as CopyColumns would make; but ConvertToOnnx, which cannot convert the network, then fails instead of leaving it out.
        catalog.Conversion.ConvertType(output, PurifiedName, DataKind.Single),
        catalog.DropColumns(ImageName, PurifiedName),
    ];

    private static IEnumerable<IEstimator<ITransformer>> Image(TransformsCatalog catalog, string file, PurifiedColumn column, string output)
    {
        var isSized = IsSized(column);
        var source = isSized ? column.Name : SizedName;
        if (!isSized)
        {
            yield return catalog.ResizeImages(SizedName, column.Width, column.Height, column.Name, column.Resizing ?? ImageResizingEstimator.ResizingKind.IsoCrop);
        }
        yield return catalog.ExtractPixels(ImageName, source, scaleImage: ImageBatch.BytesToUnit);
        yield return catalog.ExtractPixels(AlphaName, source, ImagePixelExtractingEstimator.ColorBits.Alpha, scaleImage: ImageBatch.BytesToUnit);
        yield return Purify(catalog, file, column);
        yield return catalog.Concatenate(PixelsName, AlphaName, PurifiedName);
        // Without alpha among its colours ConvertToImage writes alpha 0; without a scale it truncates instead of rounding.
        yield return catalog.ConvertToImage(column.Height, column.Width, output, PixelsName,
            ImagePixelExtractingEstimator.ColorBits.All, ImagePixelExtractingEstimator.ColorsOrder.ARGB, scaleImage: ImageBatch.UnitToBytes);
        string[] temporary = [ImageName, AlphaName, PurifiedName, PixelsName];
        yield return catalog.DropColumns(isSized ? temporary : [.. temporary, SizedName]);
    }

    private static OnnxScoringEstimator Purify(TransformsCatalog catalog, string file, PurifiedColumn column)
    {
        int[] shape = [.. column.Shape(1).Select(size => (int)size)];
        var shapes = new Dictionary<string, int[]> { [ImageName] = shape, [PurifiedName] = shape };
        return catalog.ApplyOnnxModel(PurifiedName, ImageName, file, shapes);
    }
}
