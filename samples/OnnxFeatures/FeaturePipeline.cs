using Maep.Samples.Measuring;
using Maep.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Samples.OnnxFeatures;

/// <summary>Outputs of an ONNX network as features of a trainer of ML.NET.</summary>
public static class FeaturePipeline
{
    /// <summary>Trains on clean images, without the purifier.</summary>
    /// <param name="context">Context of the pipeline.</param>
    /// <param name="training">Training images.</param>
    /// <param name="network">Network that makes the features: maep.image to maep.logits.</param>
    public static ITransformer Train(MLContext context, IEnumerable<CifarRow> training, string network) =>
        context.Transforms.CopyColumns("maep.image", nameof(CifarRow.Pixels))
            .Append(context.Transforms.ApplyOnnxModel("maep.logits", "maep.image", network))
            .AppendCacheCheckpoint(context) // the trainer passes over the features many times
            .Append(context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(nameof(CifarRow.Label), "maep.logits"))
            .Fit(context.Data.LoadFromEnumerable(training));

    /// <summary>Puts the purifier before a trained model, which stays as it is: the purified column takes the place of the one it reads.</summary>
    public static ITransformer Defend(MLContext context, ITransformer model)
    {
        var purifier = context.Transforms.PurifyAdversarial(nameof(CifarRow.Pixels), null, PurifierModels.MaepCifar10)
            .Fit(context.Data.LoadFromEnumerable(Enumerable.Empty<CifarRow>()));
        return new TransformerChain<ITransformer>(purifier, model);
    }
}
