using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

/// <summary>Random 8x8 images and what a <see cref="TinyClassifier"/> says about them.</summary>
internal sealed class TinyImages : IDisposable
{
    public TinyImages(int count, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(seed);
        Images = rand([count, 3, 8, 8], generator: random).MoveToOuterDisposeScope();
        Labels = Images.mean([2, 3]).argmax(1).MoveToOuterDisposeScope();
    }

    public Tensor Images { get; }

    /// <summary>The classes a <see cref="TinyClassifier"/> gives the images, so that its clean accuracy is 1.</summary>
    public Tensor Labels { get; }

    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }

    public static float[] Values(Tensor tensor)
    {
        using var flat = tensor.detach().contiguous();
        return flat.data<float>().ToArray();
    }

    public static double Largest(Tensor tensor)
    {
        using var largest = tensor.max();
        return largest.item<float>();
    }
}
