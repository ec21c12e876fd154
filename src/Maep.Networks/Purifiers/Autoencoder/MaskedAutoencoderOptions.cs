namespace Maep.Networks.Purifiers;

/// <summary>Size and form of a <see cref="MaskedAutoencoder"/>. The paper gives only the patch size (2); the other defaults are what two CPU cores can train.</summary>
public sealed record MaskedAutoencoderOptions
{
    internal const int ImageChannels = 3;

    /// <summary>Rows and columns of an image, pixels.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>Rows and columns of a patch, pixels; the paper uses 2.</summary>
    public int PatchSize { get; init; } = 2;

    /// <summary>Width of the encoder's tokens; a multiple of 4 and of the heads.</summary>
    public int EncoderWidth { get; init; } = 128;

    /// <summary>Transformer blocks of the encoder.</summary>
    public int EncoderDepth { get; init; } = 4;

    /// <summary>Attention heads of the encoder.</summary>
    public int EncoderHeads { get; init; } = 4;

    /// <summary>Width of the decoder's tokens; a multiple of 4 and of the heads.</summary>
    public int DecoderWidth { get; init; } = 64;

    /// <summary>Transformer blocks of the decoder.</summary>
    public int DecoderDepth { get; init; } = 2;

    /// <summary>Attention heads of the decoder.</summary>
    public int DecoderHeads { get; init; } = 4;

    /// <summary>Add the visible patches to the output, so that the network learns the correction only. False is the paper's plain form.</summary>
    public bool Residual { get; init; }

    /// <summary>Channels of the convolutions on pixels before the patches are cut and after they are joined; 0 is the paper's plain form, a linear embedding of pixels.</summary>
    public int StemWidth { get; init; }

    /// <summary>Residual convolution blocks before the encoder, when <see cref="StemWidth"/> is not 0.</summary>
    public int StemBlocks { get; init; } = 4;

    /// <summary>Residual convolution blocks after the decoder, when <see cref="StemWidth"/> is not 0.</summary>
    public int TailBlocks { get; init; } = 2;

    /// <summary>Rows and columns of the patch grid.</summary>
    public int GridSize => ImageSize / PatchSize;

    /// <summary>Values of one pixel where patches are cut: the channels of the stem, or 3 without one.</summary>
    public int PixelValues => StemWidth > 0 ? StemWidth : ImageChannels;

    /// <summary>Values of one patch.</summary>
    public int PatchValues => PixelValues * PatchSize * PatchSize;

    /// <summary>Lists every fault at once.</summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (ImageSize < 1 || PatchSize < 1 || ImageSize % PatchSize != 0)
        {
            var divisors = Enumerable.Range(1, Math.Max(ImageSize, 1)).Where(size => ImageSize % size == 0);
            faults.Add($"PatchSize {PatchSize} does not divide ImageSize {ImageSize}; use {string.Join(", ", divisors)}.");
        }
        CheckTokens("Encoder", EncoderWidth, EncoderDepth, EncoderHeads, faults);
        CheckTokens("Decoder", DecoderWidth, DecoderDepth, DecoderHeads, faults);
        if (StemWidth < 0 || StemBlocks < 0 || TailBlocks < 0)
            faults.Add($"StemWidth {StemWidth}, StemBlocks {StemBlocks} and TailBlocks {TailBlocks} must be at least 0.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }

    private static void CheckTokens(string part, int width, int depth, int heads, List<string> faults)
    {
        if (width < 4 || width % 4 != 0)
            faults.Add($"{part}Width {width} must be a positive multiple of 4 (2-D sine and cosine positions).");
        if (heads < 1 || width % heads != 0)
            faults.Add($"{part}Heads {heads} does not divide {part}Width {width}.");
        if (depth < 0)
            faults.Add($"{part}Depth {depth} must be at least 0.");
    }
}
