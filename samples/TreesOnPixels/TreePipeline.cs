using Maep.Samples.Measuring;
using Maep.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Samples.TreesOnPixels;

/// <summary>Pixels straight into LightGBM. Trees have no gradients to attack, so the attacked images come from another classifier.</summary>
public static class TreePipeline
{
    /// <summary>Trains on clean images, without the purifier.</summary>
    /// <param name="context">Context of the pipeline.</param>
    /// <param name="training">Training images.</param>
    /// <param name="iterations">Trees of each class.</param>
    public static ITransformer Train(MLContext context, IEnumerable<CifarRow> training, int iterations) =>
        context.MulticlassClassification.Trainers.LightGbm(nameof(CifarRow.Label), nameof(CifarRow.Pixels), numberOfLeaves: 15, numberOfIterations: iterations)
            .Fit(context.Data.LoadFromEnumerable(training));

    /// <summary>Puts the purifier before a trained model, which stays as it is: the purified column takes the place of the one it reads.</summary>
    public static ITransformer Defend(MLContext context, ITransformer model)
    {
        var purifier = context.Transforms.PurifyAdversarial(nameof(CifarRow.Pixels), null, PurifierModels.MaepCifar10)
            .Fit(context.Data.LoadFromEnumerable(Enumerable.Empty<CifarRow>()));
        return new TransformerChain<ITransformer>(purifier, model);
    }
}
