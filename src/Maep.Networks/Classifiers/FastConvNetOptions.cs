namespace Maep.Networks.Classifiers;

/// <summary>Size of a <see cref="FastConvNet"/>; the defaults are airbench94's.</summary>
public sealed record FastConvNetOptions
{
    /// <summary>Channels of the three stages.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [64, 256, 256];

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Factor on the logits, 1/9 in airbench: batch normalisation makes features of unit size, and smaller logits train faster.</summary>
    public double LogitScale { get; init; } = 1.0 / 9;
}
