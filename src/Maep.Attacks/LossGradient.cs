using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>The gradient that every first-order attack climbs, exact through every part of the model.</summary>
internal static class LossGradient
{
    /// <summary>What a model answers at some images and where a function of its logits rises; for an <see cref="ExpectationOverTransformation"/> the mean of several gradients.</summary>
    /// <param name="model">Images to logits.</param>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="objective">Logits [N, K] to one value for each image, [N].</param>
    /// <returns>Logits [N, K] and values [N], of the last draw as in AutoAttack, and the gradient [N, C, H, W]; none needs gradients.</returns>
    /// <exception cref="InvalidOperationException">The model's answer does not depend differentiably on the images.</exception>
    public static (Tensor Logits, Tensor Values, Tensor Gradient) At(nn.Module<Tensor, Tensor> model, Tensor images, Func<Tensor, Tensor> objective)
    {
        using var enabled = enable_grad();
        using var scope = NewDisposeScope();
        var draws = (model as ExpectationOverTransformation)?.Draws ?? 1;
        var (logits, values, gradient) = Once(model, images, objective);
        for (var draw = 1; draw < draws; draw++)
        {
            using var iteration = NewDisposeScope();
            (logits, values, var other) = Once(model, images, objective);
            gradient = (gradient + other).MoveToOuterDisposeScope();
            (logits, values) = (logits.MoveToOuterDisposeScope(), values.MoveToOuterDisposeScope());
        }
        if (draws > 1)
            gradient /= draws;
        return (logits.MoveToOuterDisposeScope(), values.MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope());
    }

    private static (Tensor Logits, Tensor Values, Tensor Gradient) Once(nn.Module<Tensor, Tensor> model, Tensor images, Func<Tensor, Tensor> objective)
    {
        var leaf = images.detach().requires_grad_();
        var logits = model.call(leaf);
        if (!logits.requires_grad)
            throw new InvalidOperationException($"'{model.GetName()}' gives logits without gradients; attack it with Square or RayS, or wrap its opaque part in {nameof(BackwardPassApproximation)}.");
        var values = objective(logits);
        var gradient = autograd.grad([values.sum()], [leaf])[0];
        return (logits.detach(), values.detach(), gradient);
    }
}
