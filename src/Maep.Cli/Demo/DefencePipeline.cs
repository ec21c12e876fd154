using Maep.Training.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Tensor = TorchSharp.torch.Tensor;

namespace Maep.Cli.Demo;

/// <summary>The pipeline a user would write: a vector column of pixels, the purifier when wanted, an ONNX classifier.</summary>
internal sealed class DefencePipeline
{
    private const string Pixels = nameof(Row.Pixels);
    private const string Purified = "Purified";

    private readonly MLContext _context = new(seed: 1);
    private readonly ITransformer _model;

    private DefencePipeline(Func<MLContext, DataViewSchema, ITransformer> open) => _model = open(_context, Schema(_context));

    /// <summary>The classifier alone.</summary>
    public static DefencePipeline Bare(string classifier) => new((context, _) => Classify(context, Pixels, classifier).Fit(Data(context, [])));

    /// <summary>Purifier and classifier, saved by <c>mlContext.Model.Save</c> and loaded again, as a deployed application would.</summary>
    public static DefencePipeline SavedAndLoaded(string purifier, string classifier, string zip) => new((context, schema) =>
    {
        var pipeline = context.Transforms.PurifyAdversarial(Purified, Pixels, purifier).Append(Classify(context, Purified, classifier));
        context.Model.Save(pipeline.Fit(Data(context, [])), schema, zip);
        return Transforms.PurifiedPipeline.Load(context, zip, out _);
    });

    /// <summary>Class index predicted for each image.</summary>
    /// <param name="images">[N, 3, 32, 32] in [0, 1].</param>
    public int[] Predict(Tensor images)
    {
        var rows = _model.Transform(Data(_context, Rows(images)));
        return [.. rows.GetColumn<float[]>(Export.OnnxNames.Logits).Select(logits => Array.IndexOf(logits, logits.Max()))];
    }

    private static EstimatorChain<Microsoft.ML.Transforms.Onnx.OnnxTransformer> Classify(MLContext context, string pixels, string classifier) =>
        context.Transforms.CopyColumns(Export.OnnxNames.Image, pixels)
            .Append(context.Transforms.ApplyOnnxModel(Export.OnnxNames.Logits, Export.OnnxNames.Image, classifier));

    private static IDataView Data(MLContext context, IEnumerable<Row> rows) => context.Data.LoadFromEnumerable(rows);

    private static DataViewSchema Schema(MLContext context) => Data(context, []).Schema;

    private static List<Row> Rows(Tensor images)
    {
        using var flat = images.flatten(1).contiguous();
        var values = flat.data<float>().ToArray();
        return [.. values.Chunk((int)flat.shape[1]).Select(pixels => new Row { Pixels = pixels })];
    }

    private sealed class Row
    {
        [VectorType(3 * CifarReader.ImageSize * CifarReader.ImageSize)]
        public float[] Pixels { get; set; } = [];
    }
}
