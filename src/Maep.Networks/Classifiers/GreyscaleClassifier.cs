using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>
/// A classifier of grey images behind colour ones, [N, 3, H, W] to its scores: it sees their luma (ITU-R BT.601), which of a grey image is the image. The weights are positive and sum
/// to 1, so that an Linf budget on the colours is the same budget on the grey image.
/// </summary>
/// <param name="classifier">[N, 1, H, W] to scores.</param>
public sealed class GreyscaleClassifier(nn.Module<Tensor, Tensor> classifier) : PreparingClassifier(classifier, nameof(GreyscaleClassifier))
{
    private static readonly float[] Luma = [0.299f, 0.587f, 0.114f];

    /// <inheritdoc/>
    protected override Tensor Prepare(Tensor images) => (images * tensor(Luma, [1, 3, 1, 1], device: images.device)).sum(1, keepdim: true);
}
