namespace Maep.Networks.Classifiers;

/// <summary>Size and form of a <see cref="ResNet"/>.</summary>
public sealed record ResNetOptions
{
    /// <summary>Blocks of each stage: 2, 2, 2, 2 is ResNet-18; 3, 4, 6, 3 is ResNet-34, or ResNet-50 with bottlenecks.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [2, 2, 2, 2];

    /// <summary>Three convolutions in a block, 1x1, 3x3 and 1x1 to four times the channels, instead of two of 3x3.</summary>
    public bool Bottleneck { get; init; }

    /// <summary>Whether the first convolution is ImageNet's (7x7, every second pixel, then max pooling) or CIFAR's (3x3).</summary>
    public bool ImageNetStem { get; init; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 10;
}
