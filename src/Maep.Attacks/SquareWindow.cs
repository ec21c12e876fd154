using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>A square somewhere in each image of a batch.</summary>
/// <param name="Top">[N, 1], int64: first row.</param>
/// <param name="Left">[N, 1], int64: first column.</param>
/// <param name="Size">Rows and columns.</param>
/// <param name="Height">Rows of the image.</param>
/// <param name="Width">Columns of the image.</param>
internal sealed record SquareWindow(Tensor Top, Tensor Left, long Size, long Height, long Width)
{
    /// <summary>Places drawn evenly; as in the original, never in the last row or column that would fit.</summary>
    public static SquareWindow Draw(Tensor images, long size, ImageStreams streams)
    {
        var (height, width) = (images.shape[2], images.shape[3]);
        var places = streams.Uniform(0, 1, 2).to(images.device);
        return new SquareWindow(Place(places.narrow(1, 0, 1), height - size), Place(places.narrow(1, 1, 1), width - size), size, height, width);
    }

    /// <summary>1 inside, 0 outside.</summary>
    /// <returns>[N, 1, H, W], float32.</returns>
    public Tensor Mask() => Inside(Top, Height).unsqueeze(2).mul(Inside(Left, Width).unsqueeze(1)).unsqueeze(1);

    /// <summary>Positions of the square's pixels in a flattened image, for gather and scatter.</summary>
    /// <param name="channels">C.</param>
    /// <returns>[N, C, Size * Size], int64.</returns>
    public Tensor Pixels(long channels)
    {
        var offsets = arange(Size, ScalarType.Int64, Top.device);
        var places = ((Top + offsets).unsqueeze(2) * Width) + (Left + offsets).unsqueeze(1);
        return places.flatten(1).unsqueeze(1).expand(-1, channels, -1);
    }

    private Tensor Inside(Tensor first, long length)
    {
        var positions = arange(length, ScalarType.Int64, first.device);
        return positions.ge(first).logical_and(positions.lt(first + Size)).to(ScalarType.Float32);
    }

    private static Tensor Place(Tensor unit, long room) => (unit * Math.Max(room, 0)).floor().to(ScalarType.Int64);
}
