using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>The gradient that every first-order attack climbs, exact through every part of the model.</summary>
internal static class LossGradient
{
    /// <summary>What a model answers at some images and where a function of its logits rises; for an <see cref="ExpectationOverTransformation"/> the mean of several gradients.</summary>
    /// <param name="model">Images to logits.</param>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="streams">Which images these are, for messages.</param>
    /// <param name="objective">Logits [N, K] to one value for each image, [N].</param>
    /// <returns>Logits [N, K] and values [N], of the last draw as in AutoAttack, and the gradient [N, C, H, W], finite; none needs gradients.</returns>
    /// <exception cref="InvalidOperationException">The model's answer does not depend differentiably on the images.</exception>
    /// <exception cref="InvalidDataException">A score or a gradient is no number.</exception>
    public static (Tensor Logits, Tensor Values, Tensor Gradient) At(AskedModel model, Tensor images, ImageStreams streams, Func<Tensor, Tensor> objective)
    {
        using var enabled = enable_grad();
        using var scope = NewDisposeScope();
        var (logits, values, gradient) = Once(model, images, streams, objective);
        for (var draw = 1; draw < model.Draws; draw++)
        {
            using var iteration = NewDisposeScope();
            (logits, values, var other) = Once(model, images, streams, objective);
            gradient = (gradient + other).MoveToOuterDisposeScope();
            (logits, values) = (logits.MoveToOuterDisposeScope(), values.MoveToOuterDisposeScope());
        }
        if (model.Draws > 1)
            gradient /= model.Draws;
        return (logits.MoveToOuterDisposeScope(), values.MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope());
    }

    private static (Tensor Logits, Tensor Values, Tensor Gradient) Once(AskedModel model, Tensor images, ImageStreams streams, Func<Tensor, Tensor> objective)
    {
        var leaf = images.detach().requires_grad_();
        var logits = model.Scores(leaf, streams);
        if (!logits.requires_grad)
            throw new InvalidOperationException($"'{model.Name}' gives logits without gradients; attack it with Square or RayS, or wrap its opaque part in {nameof(BackwardPassApproximation)}.");
        var values = objective(logits);
        var gradient = autograd.grad([values.sum()], [leaf])[0];
        model.CheckGradient(gradient, streams);
        return (logits.detach(), values.detach(), gradient);
    }
}
