using Maep.Networks;
using Maep.Networks.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Purifiers;

public sealed class DiscoTests : IDisposable
{
    private static readonly DiscoOptions Tiny = new() { Width = 6, Blocks = 2, DecoderWidth = 10, DecoderLayers = 3 };

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void It_has_the_published_number_of_weights()
    {
        var weights = NamedWeights.Of(new Disco(new DiscoOptions()));

        Assert.Equal(1_220_416, Count("encoder."));
        Assert.Equal(346_883, Count("imnet."));
        Assert.Equal(weights.Values.Sum(weight => weight.numel()), Count("encoder.") + Count("imnet."));
        Assert.Equal([256L, 580], weights["imnet.layers.0.weight"].shape);

        long Count(string part) => weights.Where(weight => weight.Key.StartsWith(part, StringComparison.Ordinal)).Sum(weight => weight.Value.numel());
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(5, 9)]
    [InlineData(32, 32)]
    [InlineData(30, 67)]
    public void The_decoder_gives_what_the_general_form_gives_at_its_own_pixels(int height, int width)
    {
        using var noGradient = no_grad();
        using var decoder = new LocalImplicitDecoder(6, 10, 3);
        RandomWeights.Fill(decoder, seed: 5);
        var features = Random(2, 6, height, width);

        var colours = decoder.call(features);

        var general = LiifReference.Query(features, [.. NamedWeights.Of(decoder).Values]);
        Assert.True((colours - general).abs().max().item<float>() < 1e-5 * general.abs().max().item<float>(), $"difference {(colours - general).abs().max().item<float>()}");
    }

    [Fact]
    public void The_encoder_is_a_convolution_and_its_residual_branch()
    {
        using var encoder = new EdsrEncoder(6, 1);
        RandomWeights.Fill(encoder, seed: 6);
        var images = Random(1, 3, 7, 8);
        var weights = NamedWeights.Of(encoder);

        var features = encoder.call(images);

        var shallow = Convolve(images, "head");
        var block = shallow + Convolve(Convolve(shallow, "body.0.conv1").relu(), "body.0.conv2");
        Assert.Equal(0, (shallow + Convolve(block, "tail") - features).abs().max().item<float>(), 1e-5);

        Tensor Convolve(Tensor x, string layer) => nn.functional.conv2d(x, weights[$"{layer}.weight"], weights[$"{layer}.bias"], padding: [1, 1]);
    }

    [Fact]
    public void A_cascade_purifies_again_what_it_purified()
    {
        using var noGradient = no_grad();
        using var once = new Disco(Tiny);
        using var thrice = new Disco(Tiny with { Cascade = 3 });
        RandomWeights.Fill(once, seed: 7);
        NamedWeights.Fill(thrice, NamedWeights.Of(once), "once");
        var images = Random(2, 3, 6, 8);

        var purified = thrice.call(images);

        Assert.True(purified.equal(once.call(once.call(once.call(images)))).all().item<bool>());
        Assert.InRange(purified.min().item<float>(), 0, 1);
        Assert.False(purified.equal(once.call(images)).all().item<bool>());
    }

    [Fact]
    public void Images_too_small_and_masks_are_refused()
    {
        using var network = new Disco(Tiny);
        using var mask = PatchMask.Random(1, 16, 0.5, new Generator(1));

        Assert.Contains("[1, 3, 1, 8]", Assert.Throws<ArgumentException>(() => network.call(Random(1, 3, 1, 8))).Message, StringComparison.Ordinal);
        Assert.StartsWith("DISCO hides no patches; set maskingRatio to 0.", Assert.Throws<ArgumentException>(() => network.Reconstruct(Random(1, 3, 8, 8), mask)).Message, StringComparison.Ordinal);
        Assert.Equal("Width 0 must be at least 1. Cascade -1 must be at least 1.", Assert.Throws<ArgumentException>(() => new Disco(Tiny with { Width = 0, Cascade = -1 })).Message);
    }

    private static Tensor Random(params long[] shape)
    {
        using var random = new Generator(4);
        return rand(shape, generator: random);
    }
}
