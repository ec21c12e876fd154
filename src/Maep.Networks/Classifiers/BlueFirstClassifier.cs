using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>A classifier that takes blue, green, red behind images that hold red, green, blue: [N, 3, H, W] to its scores.</summary>
/// <param name="classifier">Images with blue first to scores.</param>
public sealed class BlueFirstClassifier(nn.Module<Tensor, Tensor> classifier) : PreparingClassifier(classifier, nameof(BlueFirstClassifier))
{
    /// <inheritdoc/>
    protected override Tensor Prepare(Tensor images) => images.flip(1);
}
