using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>Checks at the border of every attack.</summary>
internal static class AttackInput
{
    /// <exception cref="ArgumentException">Images are not [N, C, H, W] or labels are not [N].</exception>
    public static void Check(Tensor images, Tensor labels)
    {
        if (images.dim() != 4 || labels.dim() != 1 || labels.shape[0] != images.shape[0])
            throw new ArgumentException($"Images [{string.Join(", ", images.shape)}] and labels [{string.Join(", ", labels.shape)}] do not match; give [N, C, H, W] and [N].", nameof(labels));
    }
}
