using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>Mean and standard deviation that a classifier subtracts and divides by itself, so that every network takes RGB in [0, 1].</summary>
/// <param name="Mean">Per channel, on [0, 1].</param>
/// <param name="Deviation">Per channel, on [0, 1].</param>
public sealed record PixelNormalization(float[] Mean, float[] Deviation)
{
    /// <summary>ImageNet's statistics, which most published weights use.</summary>
    public static PixelNormalization ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Statistics of the CIFAR-10 training images.</summary>
    public static PixelNormalization Cifar10 { get; } = new([0.4914f, 0.4822f, 0.4465f], [0.2470f, 0.2435f, 0.2616f]);

    /// <summary>As records print it.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"mean {Text(Mean)} and standard deviation {Text(Deviation)}");

    /// <summary>Normalises images.</summary>
    /// <param name="images">[N, 3, H, W] in [0, 1].</param>
    public Tensor Apply(Tensor images)
    {
        using var mean = tensor(Mean, [1, 3, 1, 1], device: images.device);
        using var deviation = tensor(Deviation, [1, 3, 1, 1], device: images.device);
        return (images - mean) / deviation;
    }

    private static string Text(float[] values) => string.Join(", ", values.Select(value => value.ToString("G6", System.Globalization.CultureInfo.InvariantCulture)));
}
