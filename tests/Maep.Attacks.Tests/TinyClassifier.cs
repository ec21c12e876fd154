using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

/// <summary>Three classes without weights: the logit of a class is the mean of its colour channel.</summary>
internal sealed class TinyClassifier() : nn.Module<Tensor, Tensor>(nameof(TinyClassifier))
{
    public override Tensor forward(Tensor input) => input.mean([2, 3]);
}
