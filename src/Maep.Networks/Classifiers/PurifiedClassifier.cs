using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>Purifier, then classifier: the whole defence, which is what an adaptive attack differentiates. Images [N, 3, H, W] in [0, 1] to logits [N, K].</summary>
public sealed class PurifiedClassifier : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _purifier;
    private readonly nn.Module<Tensor, Tensor> _classifier;

    /// <param name="purifier">[N, 3, H, W] in [0, 1] to the same.</param>
    /// <param name="classifier">[N, 3, H, W] in [0, 1] to logits.</param>
    public PurifiedClassifier(nn.Module<Tensor, Tensor> purifier, nn.Module<Tensor, Tensor> classifier) : base(nameof(PurifiedClassifier))
    {
        _purifier = purifier;
        _classifier = classifier;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var purified = _purifier.call(input);
        return _classifier.call(purified);
    }
}
