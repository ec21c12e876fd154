using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>Random changes of training images.</summary>
internal static class Augmentation
{
    /// <summary>Shifts a batch by one random offset with mirrored borders and flips a random half of its images.</summary>
    /// <param name="images">[N, C, H, W]; images that must change alike go in as channels of one tensor.</param>
    /// <param name="largestShift">Pixels.</param>
    /// <param name="random">Source of randomness.</param>
    public static Tensor ShiftAndFlip(Tensor images, int largestShift, Generator random)
    {
        var offset = randint(0, (2 * largestShift) + 1, [2], ScalarType.Int64, generator: random).data<long>().ToArray();
        var flipped = rand([images.shape[0], 1, 1, 1], generator: random) < 0.5;
        var padded = nn.functional.pad(images, [largestShift, largestShift, largestShift, largestShift], PaddingModes.Reflect, 0);
        var shifted = padded.narrow(2, offset[0], images.shape[2]).narrow(3, offset[1], images.shape[3]);
        return where(flipped, shifted.flip(3), shifted);
    }
}
