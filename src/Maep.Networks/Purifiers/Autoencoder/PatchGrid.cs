using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>Cuts images into square patches and puts them together again (paper section 3.1); one patch is one position of a grid.</summary>
/// <param name="patchSize">Rows and columns of a patch, pixels.</param>
public sealed class PatchGrid(int patchSize)
{
    /// <summary>Images to patches.</summary>
    /// <param name="images">[N, C, H, W]; the patch size divides H and W.</param>
    /// <returns>[N, C * p * p, H / p, W / p].</returns>
    public Tensor Split(Tensor images) => nn.functional.pixel_unshuffle(images, patchSize);

    /// <summary>Patches to images, the inverse of <see cref="Split"/>.</summary>
    /// <param name="patches">[N, C * p * p, h, w].</param>
    /// <returns>[N, C, h * p, w * p].</returns>
    public Tensor Join(Tensor patches) => nn.functional.pixel_shuffle(patches, patchSize);

    /// <summary>Grid to token sequence, row by row.</summary>
    /// <param name="grid">[N, D, h, w].</param>
    /// <returns>[N, h * w, D].</returns>
    public static Tensor ToTokens(Tensor grid) => grid.flatten(2).transpose(1, 2);

    /// <summary>Token sequence to grid, the inverse of <see cref="ToTokens"/>.</summary>
    /// <param name="tokens">[N, rows * columns, D].</param>
    /// <param name="rows">Rows of the grid.</param>
    /// <param name="columns">Columns of the grid.</param>
    /// <returns>[N, D, rows, columns].</returns>
    public static Tensor ToGrid(Tensor tokens, long rows, long columns) => tokens.transpose(1, 2).unflatten(2, [rows, columns]);
}
