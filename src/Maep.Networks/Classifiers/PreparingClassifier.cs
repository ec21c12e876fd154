using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>A classifier of others with what it wants done to its images ahead of it: images [N, 3, H, W] in [0, 1], RGB, to its scores.</summary>
public abstract class PreparingClassifier : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _classifier;

    /// <param name="classifier">Prepared images to scores.</param>
    /// <param name="name">Name of the network.</param>
    protected PreparingClassifier(nn.Module<Tensor, Tensor> classifier, string name) : base(name)
    {
        _classifier = classifier;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _classifier.call(Prepare(input)).MoveToOuterDisposeScope();
    }

    /// <summary>What the classifier gets of the images.</summary>
    /// <param name="images">[N, 3, H, W] in [0, 1].</param>
    protected abstract Tensor Prepare(Tensor images);
}
