using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>Searches, inside a threat model, for images that a differentiable classifier gets wrong.</summary>
public interface IAttack
{
    /// <summary>Name and every setting, as reports and records print it.</summary>
    string Description { get; }

    /// <summary>The attack in the form for a defence that draws at random; most have one form for all.</summary>
    IAttack ForRandomDefence => this;

    /// <summary>Whether the attack follows gradients, and cannot move an image where there are none.</summary>
    bool TakesGradients => true;

    /// <summary>Perturbs every image of a batch.</summary>
    /// <param name="model">Images [N, C, H, W] in [0, 1] to logits [N, K]; put in evaluation mode by the caller.</param>
    /// <param name="images">[N, C, H, W], values in [0, 1].</param>
    /// <param name="labels">[N], int64 class indices.</param>
    /// <param name="streams">Randomness of each image: same streams, same result, whatever the batch.</param>
    /// <param name="cancellation">Stops before the next question to the model: after the current step, query or draw. Nothing of the batch is kept.</param>
    /// <returns>[N, C, H, W] in [0, 1], each within epsilon of its image; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    /// <exception cref="InvalidDataException">A score or a gradient of the model is no number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams, CancellationToken cancellation = default);
}

/// <summary>Attacks on batches whose place in a data set does not matter.</summary>
public static class AttackExtensions
{
    /// <summary>Perturbs every image of a batch with randomness from a generator.</summary>
    /// <param name="attack">The attack.</param>
    /// <param name="model">Images [N, C, H, W] in [0, 1] to logits [N, K]; put in evaluation mode by the caller.</param>
    /// <param name="images">[N, C, H, W], values in [0, 1].</param>
    /// <param name="labels">[N], int64 class indices.</param>
    /// <param name="random">Source of randomness: same state, same result.</param>
    /// <param name="cancellation">Stops before the next question to the model.</param>
    /// <returns>[N, C, H, W] in [0, 1], each within epsilon of its image; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    /// <exception cref="InvalidDataException">A score or a gradient of the model is no number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Tensor Perturb(this IAttack attack, nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, Generator random, CancellationToken cancellation = default) =>
        attack.Perturb(model, images, labels, ImageStreams.Draw(random, images.shape[0]), cancellation);
}
