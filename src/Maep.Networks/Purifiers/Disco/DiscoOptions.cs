namespace Maep.Networks.Purifiers;

/// <summary>Size of a <see cref="Disco"/>; the defaults are the published network.</summary>
public sealed record DiscoOptions
{
    /// <summary>Channels of the encoder.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Residual blocks of the encoder.</summary>
    public int Blocks { get; init; } = 16;

    /// <summary>Width of the decoder's layers.</summary>
    public int DecoderWidth { get; init; } = 256;

    /// <summary>Layers of the decoder before the last, which gives the colours.</summary>
    public int DecoderLayers { get; init; } = 4;

    /// <summary>Times an image is purified; training purifies once.</summary>
    public int Cascade { get; init; } = 1;

    /// <summary>Lists every fault at once.</summary>
    /// <exception cref="ArgumentException">A value is below 1.</exception>
    public void Validate()
    {
        var faults = new[] { (nameof(Width), Width), (nameof(Blocks), Blocks), (nameof(DecoderWidth), DecoderWidth), (nameof(DecoderLayers), DecoderLayers), (nameof(Cascade), Cascade) }
            .Where(value => value.Item2 < 1).Select(value => $"{value.Item1} {value.Item2} must be at least 1.").ToArray();
        if (faults.Length > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }
}
