using Maep.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Benchmarks;

/// <summary>Sets the contenders up. All leave threads at their default, one for each core: a saved chain knows no other.</summary>
internal static class Contenders
{
    /// <summary>A reader of a number of rows; its transformer lives as long as the process.</summary>
    public static RowReader Open(Workload workload, int rows)
    {
        if (workload.Contender == Contender.Session)
        {
            return new SessionReader(workload.Size, workload.Batch, rows);
        }
        var context = new MLContext(seed: 1);
        var source = RowSource.Create(context, workload.Column, workload.Size, rows);
        var view = workload.Contender == Contender.Source ? source : Transformer(context, source, workload).Transform(source);
        return Reader(workload.Column, view);
    }

    /// <summary>A reader of a view's column.</summary>
    public static RowReader Reader(ColumnKind column, IDataView view) => column == ColumnKind.Image ? new ImageReader(view) : new VectorReader(view);

    /// <summary>PurifyAdversarial of the source's column, fitted.</summary>
    public static AdversarialPurifyingTransformer Purify(MLContext context, IDataView source, string model, int batch, SizeHandling sizes = SizeHandling.Throw) =>
        context.Transforms.PurifyAdversarial(new AdversarialPurifierOptions
        {
            OutputColumnName = RowSource.Column,
            ModelPath = model,
            BatchSize = batch,
            SizeHandling = sizes,
        }).Fit(source);

    private static ITransformer Transformer(MLContext context, IDataView source, Workload workload) => workload.Contender switch
    {
        Contender.Purify => Purify(context, source, PurifierModel.For(workload.Size), workload.Batch),
        Contender.StockChain => Reload(context, Purify(context, source, PurifierModel.For(workload.Size), workload.Batch)),
        Contender.PlainChain => PlainChain(context, workload.Size).Fit(source),
        _ => throw new InvalidOperationException($"{workload.Contender} is no transformer; it has a reader of its own."),
    };

    private static ITransformer Reload(MLContext context, AdversarialPurifyingTransformer purifier)
    {
        using var zip = new MemoryStream();
        // No schema: Save refuses one whose only column is an image.
        context.Model.Save(purifier, inputSchema: null, zip);
        purifier.Dispose();
        return PurifiedPipeline.Load(context, zip, out _);
    }

    private static EstimatorChain<VectorToImageConvertingTransformer> PlainChain(MLContext context, int size)
    {
        int[] shape = [1, 3, size, size];
        var shapes = new Dictionary<string, int[]> { [PurifierModel.InputName] = shape, [PurifierModel.OutputName] = shape };
        return context.Transforms.ExtractPixels(PurifierModel.InputName, RowSource.Column, scaleImage: 1 / 255f)
            .Append(context.Transforms.ApplyOnnxModel(PurifierModel.OutputName, PurifierModel.InputName, PurifierModel.For(size), shapes))
            .Append(context.Transforms.ConvertToImage(size, size, RowSource.Column, PurifierModel.OutputName, scaleImage: 255f));
    }
}
