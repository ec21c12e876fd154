using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>
/// A classifier of grey images behind colour ones, [N, 3, H, W] to its scores: it sees their luma (ITU-R BT.601), which of a grey image is the image. The weights are positive and sum
/// to 1, so that an Linf budget on the colours is the same budget on the grey image.
/// </summary>
public sealed class GreyscaleClassifier : nn.Module<Tensor, Tensor>
{
    private static readonly float[] Luma = [0.299f, 0.587f, 0.114f];

    private readonly nn.Module<Tensor, Tensor> _classifier;

    /// <param name="classifier">[N, 1, H, W] to scores.</param>
    public GreyscaleClassifier(nn.Module<Tensor, Tensor> classifier) : base(nameof(GreyscaleClassifier))
    {
        _classifier = classifier;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _classifier.call((input * tensor(Luma, [1, 3, 1, 1], device: input.device)).sum(1, keepdim: true)).MoveToOuterDisposeScope();
    }
}
