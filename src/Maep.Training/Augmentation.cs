using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>Random changes of training images.</summary>
internal static class Augmentation
{
    /// <summary>Shifts each image by its own random offset with mirrored borders and flips the chosen ones.</summary>
    /// <param name="images">[N, C, H, W]; images that must change alike go in as channels of one tensor.</param>
    /// <param name="largestShift">Pixels.</param>
    /// <param name="flipped">[N] bool: which images to flip left to right.</param>
    /// <param name="random">Source of randomness.</param>
    public static Tensor ShiftAndFlip(Tensor images, int largestShift, Tensor flipped, Generator random)
    {
        var (count, height, width) = (images.shape[0], images.shape[2], images.shape[3]);
        var offsets = randint(0, (2 * largestShift) + 1, [2, count], ScalarType.Int64, generator: random);
        var padded = nn.functional.pad(images, [largestShift, largestShift, largestShift, largestShift], PaddingModes.Reflect, 0);
        var windows = padded.unfold(2, height, 1).unfold(3, width, 1); // [N, C, offsets, offsets, H, W], a view
        var shifted = windows[TensorIndex.Tensor(arange(count, ScalarType.Int64)), TensorIndex.Colon, TensorIndex.Tensor(offsets[0]), TensorIndex.Tensor(offsets[1])];
        return where(flipped.reshape(-1, 1, 1, 1), shifted.flip(3), shifted);
    }

    /// <summary>Flips each image up to down, left to right and along its diagonal, each by a coin.</summary>
    /// <param name="images">[N, C, S, S]; images that must change alike go in as channels of one tensor.</param>
    /// <param name="random">Source of randomness.</param>
    public static Tensor Dihedral(Tensor images, Generator random)
    {
        var changed = where(Coin(), images.flip(2), images);
        changed = where(Coin(), changed.flip(3), changed);
        return where(Coin(), changed.transpose(2, 3), changed);

        Tensor Coin() => rand([images.shape[0], 1, 1, 1], generator: random) < 0.5;
    }
}
