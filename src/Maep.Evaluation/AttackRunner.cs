using Maep.Attacks;
using static TorchSharp.torch;

namespace Maep.Evaluation;

/// <summary>Attacks a batch and asks a model about it, the same way in every evaluation.</summary>
internal static class AttackRunner
{
    /// <summary>Attacks a batch; an attack that can takes its randomness by image, so that the batch size does not matter.</summary>
    /// <param name="attack">The attack.</param>
    /// <param name="model">The model to differentiate.</param>
    /// <param name="images">[N, 3, H, W] in [0, 1].</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="random">Randomness of the other attacks.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="first">Index in the data set of the first image.</param>
    public static Tensor Perturb(IAttack attack, nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, Generator random, long seed, long first) => attack is BoundedAttack bounded
        ? bounded.Perturb(model, images, labels, new ImageStreams(seed, first, images.shape[0]))
        : attack.Perturb(model, images, labels, random);

    /// <summary>[N], bool: which images the model gets right.</summary>
    public static Tensor Right(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels)
    {
        using var noGradient = no_grad();
        return model.call(images).argmax(1).eq(labels);
    }
}
