using Maep.Networks.Purifiers;

namespace Maep.Training.Tests.Autoencoder;

/// <summary>The forms of the purifier at 8x8 pixels.</summary>
internal static class TinyAutoencoders
{
    public static MaskedAutoencoderOptions Plain { get; } = new()
    {
        ImageSize = 8,
        PatchSize = 2,
        EncoderWidth = 16,
        EncoderDepth = 2,
        EncoderHeads = 2,
        DecoderWidth = 8,
        DecoderDepth = 1,
        DecoderHeads = 2,
    };

    public static MaskedAutoencoderOptions Stem { get; } = Plain with { Residual = true, StemWidth = 12, StemBlocks = 2, TailBlocks = 1 };

    public static MaskedAutoencoderOptions Named(string form) => form == "plain" ? Plain : Stem;
}
