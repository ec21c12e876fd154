using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// One stream of random numbers for each image of a batch, set by a seed and the image's index in its data set and by nothing else:
/// an image meets the same numbers whatever batch it is in and whichever images have left that batch.
/// </summary>
public sealed class ImageStreams
{
    private readonly ulong _key;
    private readonly ulong[] _indices;

    /// <summary>Streams of consecutive images of a data set.</summary>
    /// <param name="seed">Seed of the whole run.</param>
    /// <param name="first">Index in the data set of the first image.</param>
    /// <param name="count">Number of images.</param>
    public ImageStreams(long seed, long first, long count)
        : this((ulong)seed, [.. Enumerable.Range(0, checked((int)count)).Select(offset => (ulong)(first + offset))])
    {
    }

    private ImageStreams(ulong key, ulong[] indices) => (_key, _indices) = (key, indices);

    /// <summary>Number of images.</summary>
    public int Count => _indices.Length;

    /// <summary>Streams of a batch whose place in its data set is not known: the seed is drawn, the first image has index 0.</summary>
    /// <param name="random">Gives the seed.</param>
    /// <param name="count">Number of images.</param>
    public static ImageStreams Draw(Generator random, long count)
    {
        using var seed = randint(long.MaxValue, [1], ScalarType.Int64, generator: random);
        return new ImageStreams(seed.item<long>(), 0, count);
    }

    /// <summary>Index in the data set of an image of this batch.</summary>
    /// <param name="row">Position in this batch.</param>
    internal ulong IndexOf(long row) => _indices[row];

    /// <summary>The streams of some of the images.</summary>
    /// <param name="rows">[M], int64 positions in this batch.</param>
    public ImageStreams Select(Tensor rows)
    {
        using var onHost = rows.cpu();
        return new ImageStreams(_key, [.. onHost.data<long>().Select(row => _indices[row])]);
    }

    /// <summary>Other streams of the same images, for another purpose or iteration.</summary>
    /// <param name="purpose">Any number; equal numbers give equal streams.</param>
    // The complement keeps keys apart from the numbers that images draw.
    public ImageStreams Fork(long purpose) => new(new SplitMix64(~_key, (ulong)purpose).Next(), _indices);

    /// <summary>Numbers drawn evenly.</summary>
    /// <param name="low">Smallest number.</param>
    /// <param name="high">Bound above.</param>
    /// <param name="shape">Shape of one image's numbers.</param>
    /// <returns>[N, shape], float32.</returns>
    public Tensor Uniform(double low, double high, params ReadOnlySpan<long> shape) =>
        Fill(shape, (ref SplitMix64 random) => random.Between(low, high));

    /// <summary>Numbers of the standard normal distribution.</summary>
    /// <param name="shape">Shape of one image's numbers.</param>
    /// <returns>[N, shape], float32.</returns>
    public Tensor Normal(params ReadOnlySpan<long> shape) =>
        // Box and Muller; 1 - u is never 0.
        Fill(shape, (ref SplitMix64 random) => Math.Sqrt(-2 * Math.Log(1 - random.Unit())) * Math.Cos(2 * Math.PI * random.Unit()));

    /// <summary>-1 or 1, each half of the time.</summary>
    /// <param name="shape">Shape of one image's numbers.</param>
    /// <returns>[N, shape], float32.</returns>
    public Tensor Signs(params ReadOnlySpan<long> shape) => Fill(shape, (ref SplitMix64 random) => random.Coin() ? 1 : -1);

    private delegate double Next(ref SplitMix64 random);

    private Tensor Fill(ReadOnlySpan<long> shape, Next next)
    {
        var length = 1;
        foreach (var size in shape)
            length = checked(length * (int)size);
        var values = new float[_indices.Length * length];
        for (var image = 0; image < _indices.Length; image++)
        {
            var random = new SplitMix64(_key, _indices[image]);
            foreach (ref var value in values.AsSpan(image * length, length))
                value = (float)next(ref random);
        }
        return tensor(values, [_indices.Length, .. shape]);
    }
}
