namespace Maep.Networks.Classifiers;

/// <summary>Sizes of one inverted residual block (Sandler et al., 2018, table 1): 1x1 to more channels, 3x3 on each channel, 1x1 back to few.</summary>
/// <param name="Inputs">Channels that come in.</param>
/// <param name="Expanded">Channels between the convolutions.</param>
/// <param name="Outputs">Channels that go out.</param>
/// <param name="Stride">Stride of the 3x3 convolution, 1 or 2.</param>
public sealed record MobileNetV2Block(int Inputs, int Expanded, int Outputs, int Stride)
{
    /// <summary>Whether the block begins with a 1x1 convolution to more channels.</summary>
    public bool HasExpansion => Expanded != Inputs;

    /// <summary>Whether the block adds its input to its output.</summary>
    public bool HasShortcut => Stride == 1 && Inputs == Outputs;

    /// <summary>Layers whose output has a range: the convolutions and the sum.</summary>
    internal int Ranges => 2 + (HasExpansion ? 1 : 0) + (HasShortcut ? 1 : 0);
}
