using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>A classifier that takes blue, green, red behind images that hold red, green, blue: [N, 3, H, W] to its scores.</summary>
public sealed class BlueFirstClassifier : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _classifier;

    /// <param name="classifier">Images with blue first to scores.</param>
    public BlueFirstClassifier(nn.Module<Tensor, Tensor> classifier) : base(nameof(BlueFirstClassifier))
    {
        _classifier = classifier;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _classifier.call(input.flip(1)).MoveToOuterDisposeScope();
    }
}
