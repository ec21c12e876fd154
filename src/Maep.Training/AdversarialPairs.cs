using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>
/// Clean training images with one adversarial perturbation each. A perturbation value is stored in one byte, 127 for +epsilon,
/// so that 50,000 CIFAR images take 154 MB at a precision of epsilon / 254.
/// </summary>
public sealed class AdversarialPairs : IDisposable
{
    internal const int Scale = 127;

    private readonly Tensor _clean;
    private readonly Tensor _perturbations;

    internal AdversarialPairs(LabelledImages images, byte[] perturbations, double epsilon)
    {
        _clean = images.PixelTensor();
        _perturbations = tensor((sbyte[])(object)perturbations, [images.Count, 3, images.Height, images.Width], dtype: ScalarType.Int8);
        Epsilon = epsilon;
    }

    /// <summary>Budget of the attack, pixel units on [0, 1].</summary>
    public double Epsilon { get; }

    /// <summary>Rows and columns of an image.</summary>
    public (int Height, int Width) ImageSize => ((int)_clean.shape[2], (int)_clean.shape[3]);

    /// <summary>Number of pairs.</summary>
    public int Count => (int)_clean.shape[0];

    /// <summary>Some pairs; the caller disposes both tensors.</summary>
    /// <param name="indices">[N] int64 positions in the set.</param>
    /// <param name="strength">[N, 1, 1, 1] factor on each perturbation, in [0, 1].</param>
    /// <returns>Clean and adversarial images, [N, 3, H, W] in [0, 1].</returns>
    public (Tensor Clean, Tensor Adversarial) Batch(Tensor indices, Tensor strength)
    {
        using var scope = NewDisposeScope();
        var clean = _clean.index_select(0, indices).to(ScalarType.Float32) / 255;
        var perturbation = _perturbations.index_select(0, indices).to(ScalarType.Float32) * (Epsilon / Scale);
        var adversarial = (clean + (perturbation * strength)).clamp(0, 1);
        return (clean.MoveToOuterDisposeScope(), adversarial.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clean.Dispose();
        _perturbations.Dispose();
    }
}
