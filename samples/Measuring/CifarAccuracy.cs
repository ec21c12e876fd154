using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Samples.Measuring;

/// <summary>Measures trained models of ML.NET on CIFAR-10.</summary>
public static class CifarAccuracy
{
    /// <summary>Accuracy clean, attacked and purified.</summary>
    /// <param name="context">Context of the models.</param>
    /// <param name="alone">Model that makes a PredictedLabel of <see cref="CifarRow.Pixels"/>.</param>
    /// <param name="purified">The same behind the purifier.</param>
    /// <param name="clean">Test images.</param>
    /// <param name="attacked">The same images, attacked.</param>
    public static PipelineAccuracy Measure(MLContext context, ITransformer alone, ITransformer purified, IReadOnlyList<CifarRow> clean, IReadOnlyList<CifarRow> attacked)
    {
        Predictions Predict(ITransformer model) => new(Classes(context, model, clean), Classes(context, model, attacked));
        return PipelineAccuracy.Of([.. clean.Select(row => (int)row.Label)], Predict(alone), Predict(purified));
    }

    private static int[] Classes(MLContext context, ITransformer model, IEnumerable<CifarRow> rows) =>
        [.. model.Transform(context.Data.LoadFromEnumerable(rows)).GetColumn<uint>("PredictedLabel").Select(key => (int)key - 1)];
}
