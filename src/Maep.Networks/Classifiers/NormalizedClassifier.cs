using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>A classifier that wants its images normalised, with the normalisation ahead of it: images [N, 3, H, W] in [0, 1] to its scores.</summary>
/// <param name="classifier">Normalised images to scores.</param>
/// <param name="normalization">What it wants.</param>
public sealed class NormalizedClassifier(nn.Module<Tensor, Tensor> classifier, PixelNormalization normalization) : PreparingClassifier(classifier, nameof(NormalizedClassifier))
{
    /// <inheritdoc/>
    protected override Tensor Prepare(Tensor images) => normalization.Apply(images);
}
