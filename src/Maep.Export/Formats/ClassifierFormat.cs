using Maep.Networks.Classifiers;
using static TorchSharp.torch;

namespace Maep.Export.Formats;

/// <summary>A classifier in a file, its normalisation inside: images to logits.</summary>
/// <inheritdoc/>
internal abstract class ClassifierFormat<TNetwork, TOptions>(string type) : NetworkFormat<TNetwork, TOptions>(type, "classifier")
    where TNetwork : nn.Module<Tensor, Tensor>
    where TOptions : notnull
{
    /// <summary>Number of its logits.</summary>
    protected abstract int Classes(TNetwork network);

    /// <inheritdoc/>
    protected override void Output(TNetwork network, OnnxGraph graph, string result) => graph.Output(result, OnnxNames.Logits, null, Classes(network));

    /// <summary>Images as the first layer takes them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="images">[N, 3, H, W] in [0, 1].</param>
    /// <param name="normalization">Null for a network that takes them as they are.</param>
    protected static string Normalize(OnnxGraph graph, string images, PixelNormalization? normalization)
    {
        if (normalization is null)
            return images;
        var centred = graph.Subtract(images, graph.Constant("mean", normalization.Mean, 1, 3, 1, 1));
        return graph.Divide(centred, graph.Constant("deviation", normalization.Deviation, 1, 3, 1, 1));
    }
}
