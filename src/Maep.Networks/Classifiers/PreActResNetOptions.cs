namespace Maep.Networks.Classifiers;

/// <summary>Size and form of a <see cref="PreActResNet"/>; the defaults are PreActResNet-18 of pytorch-cifar.</summary>
public sealed record PreActResNetOptions
{
    /// <summary>Channels of the first convolution: 16 in wide residual networks.</summary>
    public int StemWidth { get; init; } = 64;

    /// <summary>Channels of each stage: 160, 320, 640 in WRN-28-10.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [64, 128, 256, 512];

    /// <summary>Blocks of each stage: 4, 4, 4 in WRN-28-10.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [2, 2, 2, 2];

    /// <summary>Batch normalisation and ReLU ahead of the pooling, as wide residual networks have.</summary>
    public bool FinalNorm { get; init; }

    /// <summary>
    /// Whether the convolution of a shortcut takes a block's input before its activation (RobustBench's PreActBlock) instead of after it
    /// (He et al., 2016; wide residual networks; pytorch-cifar). The weights do not tell.
    /// </summary>
    public bool ShortcutBeforeActivation { get; init; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 10;
}
