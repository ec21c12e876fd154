using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation;

/// <summary>Checks of image tensors at the public border, so that a fault names the value and not a libtorch kernel.</summary>
internal static class ImageTensors
{
    /// <exception cref="ArgumentException">Not floating point, not [N, 3, H, W] with N at least 1, or a value outside [0, 1].</exception>
    public static void Require(Tensor images, string name)
    {
        if (images.dim() != 4 || images.shape[1] != 3 || images.numel() == 0)
            throw new ArgumentException($"Shape {Shape(images)} given; pass at least one image as [N, 3, H, W].", name);
        if (!images.is_floating_point())
            throw new ArgumentException($"Type {images.dtype} given; pass floats in [0, 1], for bytes divided by 255.", name);
        using var scope = NewDisposeScope();
        var (least, greatest) = (Number(images.min()), Number(images.max()));
        if (!(least >= 0 && greatest <= 1)) // false for NaN too
            throw new ArgumentException($"Values from {least:g4} to {greatest:g4} given; pass images in [0, 1], not normalised by mean and deviation.", name);
    }

    /// <summary>For messages: "[2, 3, 32, 32]".</summary>
    public static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private static double Number(Tensor scalar) => scalar.to(ScalarType.Float64).item<double>();
}
