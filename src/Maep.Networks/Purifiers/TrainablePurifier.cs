using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>A purifier that learns from adversarial pairs. As a module it purifies: [N, 3, H, W] in [0, 1] to the same.</summary>
/// <param name="name">Name of the network.</param>
public abstract class TrainablePurifier(string name) : Purifier(name)
{
    /// <summary>Rows and columns of the patches that a mask hides; 0 where the network hides none.</summary>
    public abstract int PatchSize { get; }

    /// <summary>P(x) of the paper before it is clamped, so that a loss keeps its gradient.</summary>
    /// <param name="images">[N, 3, H, W] in [0, 1].</param>
    /// <param name="mask">Which patches are hidden; null hides none.</param>
    /// <returns>[N, 3, H, W].</returns>
    /// <exception cref="ArgumentException">A shape that the network does not take, or a mask where it hides no patches.</exception>
    public abstract Tensor Reconstruct(Tensor images, PatchMask? mask);

    /// <summary>Phi(x) of the paper: what the encoder makes of an image, nothing hidden.</summary>
    /// <param name="images">[N, 3, H, W] in [0, 1].</param>
    /// <returns>N first; the other axes are the network's own.</returns>
    public abstract Tensor Latent(Tensor images);
}
