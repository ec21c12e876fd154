using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>The gradient that every first-order attack climbs.</summary>
internal static class LossGradient
{
    /// <summary>Gradient of the summed cross-entropy with respect to the images, exact through every part of the model.</summary>
    /// <returns>[N, C, H, W].</returns>
    public static Tensor Of(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels)
    {
        using var enabled = enable_grad();
        var leaf = images.detach().requires_grad_();
        var loss = nn.functional.cross_entropy(model.call(leaf), labels, reduction: nn.Reduction.Sum);
        return autograd.grad([loss], [leaf])[0];
    }
}
