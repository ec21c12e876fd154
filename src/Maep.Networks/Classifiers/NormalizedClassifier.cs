using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>A classifier that wants its images normalised, with the normalisation ahead of it: images [N, 3, H, W] in [0, 1] to its scores.</summary>
public sealed class NormalizedClassifier : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _classifier;
    private readonly PixelNormalization _normalization;

    /// <param name="classifier">Normalised images to scores.</param>
    /// <param name="normalization">What it wants.</param>
    public NormalizedClassifier(nn.Module<Tensor, Tensor> classifier, PixelNormalization normalization) : base(nameof(NormalizedClassifier))
    {
        (_classifier, _normalization) = (classifier, normalization);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _classifier.call(_normalization.Apply(input)).MoveToOuterDisposeScope();
    }
}
