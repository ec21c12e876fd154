using Maep.Networks.Purifiers;

namespace Maep.Training.Tests.Autoencoder;

public sealed class MaskedAutoencoderOptionsTests
{
    [Fact]
    public void The_defaults_are_valid_with_the_patch_size_of_the_paper()
    {
        var options = new MaskedAutoencoderOptions();

        options.Validate();

        Assert.Equal((2, 16, 12), (options.PatchSize, options.GridSize, options.PatchValues));
        Assert.Equal(32 * 4, (options with { StemWidth = 32 }).PatchValues);
    }

    public static TheoryData<MaskedAutoencoderOptions, string> Faults => new()
    {
        { new() { PatchSize = 5 }, "PatchSize 5 does not divide ImageSize 32; use 1, 2, 4, 8, 16, 32." },
        { new() { PatchSize = 0 }, "PatchSize 0 does not divide ImageSize 32; use 1, 2, 4, 8, 16, 32." },
        { new() { EncoderWidth = 6, EncoderHeads = 2 }, "EncoderWidth 6 must be a positive multiple of 4 (2-D sine and cosine positions)." },
        { new() { DecoderWidth = 64, DecoderHeads = 3 }, "DecoderHeads 3 does not divide DecoderWidth 64." },
        { new() { DecoderHeads = 0 }, "DecoderHeads 0 does not divide DecoderWidth 64." },
        { new() { EncoderDepth = -1 }, "EncoderDepth -1 must be at least 0." },
        { new() { StemWidth = -8 }, "StemWidth -8, StemBlocks 4 and TailBlocks 2 must be at least 0." },
        { new() { PatchSize = 3, DecoderDepth = -2 }, "PatchSize 3 does not divide ImageSize 32; use 1, 2, 4, 8, 16, 32. DecoderDepth -2 must be at least 0." },
    };

    [Theory, MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void The_network_refuses_options_with_every_fault_named(MaskedAutoencoderOptions options, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => new MaskedAutoencoder(options));

        Assert.Equal(message, error.Message);
    }
}
