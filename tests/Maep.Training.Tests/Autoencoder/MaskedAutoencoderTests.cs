using Maep.Networks;
using Maep.Networks.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Autoencoder;

public sealed class MaskedAutoencoderTests
{
    public static TheoryData<string> Forms => ["plain", "stem"];

    [Theory, MemberData(nameof(Forms))]
    public void Hidden_pixels_do_not_reach_the_output_on_any_patch(string form)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var network = Network(form);
        using var mask = PatchMask.Random(3, 16, 0.5, random);
        var images = rand([3, 3, 8, 8], generator: random);
        var hidden = new PatchGrid(2).Join(mask.Hidden.reshape(3, 1, 4, 4).expand(3, 12, 4, 4).to(ScalarType.Float32)) > 0.5;
        var changed = where(hidden, rand([3, 3, 8, 8], generator: random), images);

        var (first, second) = (network.Reconstruct(images, mask), network.Reconstruct(changed, mask));

        Assert.NotEqual(RandomWeights.Values(images), RandomWeights.Values(changed));
        Assert.Equal(RandomWeights.Values(first), RandomWeights.Values(second));
    }

    [Theory, MemberData(nameof(Forms))]
    public void Every_visible_patch_reaches_every_patch_of_the_output(string form)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(2);
        using var network = Network(form);
        using var mask = PatchMask.Random(1, 16, 0.5, random);
        var images = rand([1, 3, 8, 8], generator: random);
        var before = network.Reconstruct(images, mask);
        foreach (var patch in mask.VisibleIndices.data<long>().ToArray())
        {
            var changed = images.clone();
            changed[0, .., (int)(patch / 4 * 2), (int)(patch % 4 * 2)] = 0;

            var difference = new PatchGrid(2).Split(network.Reconstruct(changed, mask) - before).abs().amax([1]);

            Assert.All(RandomWeights.Values(difference), change => Assert.True(change > 0));
        }
    }

    [Theory, MemberData(nameof(Forms))]
    public void Hiding_nothing_is_the_same_as_no_mask(string form)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        using var network = Network(form);
        using var nothing = PatchMask.Random(2, 16, 0, random);
        var images = rand([2, 3, 8, 8], generator: random);

        var (masked, whole) = (network.Reconstruct(images, nothing), network.Reconstruct(images, null));

        Assert.All(RandomWeights.Values(masked).Zip(RandomWeights.Values(whole)), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-5f));
    }

    [Theory, MemberData(nameof(Forms))]
    public void Purifying_gives_an_image_of_the_same_size_in_the_unit_range_and_leaks_nothing(string form)
    {
        using var random = new Generator(4);
        using var network = Network(form);
        using var images = rand([5, 3, 8, 8], generator: random);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        var purified = network.call(images);

        Assert.Equal(live + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(images.shape, purified.shape);
        Assert.All(RandomWeights.Values(purified), pixel => Assert.InRange(pixel, 0, 1));
        purified.Dispose();
    }

    [Theory, MemberData(nameof(Forms))]
    public void Gradients_reach_the_image_through_the_purifier(string form)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(5);
        using var network = Network(form);
        var images = rand([2, 3, 8, 8], generator: random).requires_grad_();

        network.Reconstruct(images, null).square().sum().backward();

        Assert.All(RandomWeights.Values(images.grad!), slope => Assert.NotEqual(0, slope));
    }

    [Fact]
    public void The_untrained_residual_form_is_the_identity()
    {
        using var scope = NewDisposeScope();
        using var network = new MaskedAutoencoder(TinyAutoencoders.Stem);
        var images = rand([2, 3, 8, 8], generator: new Generator(6));

        var purified = network.call(images);

        Assert.All(RandomWeights.Values(images).Zip(RandomWeights.Values(purified)), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-6f));
    }

    [Theory]
    [InlineData(new long[] { 3, 8, 8 })]
    [InlineData(new long[] { 2, 1, 8, 8 })]
    [InlineData(new long[] { 2, 3, 8, 7 })]
    public void Images_of_another_shape_are_refused(long[] shape)
    {
        using var network = Network("plain");
        using var images = zeros(shape);

        var error = Assert.Throws<ArgumentException>(() => network.call(images));

        Assert.Contains($"[{string.Join(", ", shape)}] cannot be purified; give [N, 3, H, W] with H and W multiples of 2.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_have_the_names_of_the_original()
    {
        using var network = new MaskedAutoencoder(TinyAutoencoders.Plain with { EncoderDepth = 1 });

        var names = NamedWeights.Of(network).Keys;

        Assert.Contains("mask_token", names);
        Assert.Contains("patch_embed.weight", names);
        Assert.Contains("blocks.0.norm1.weight", names);
        Assert.Contains("decoder_blocks.0.fc2.bias", names);
        Assert.Contains("decoder_pred.bias", names);
        Assert.DoesNotContain(names, name => name.Contains("stem", StringComparison.Ordinal) || name.Contains("tail", StringComparison.Ordinal));
    }

    private static MaskedAutoencoder Network(string form)
    {
        var network = new MaskedAutoencoder(TinyAutoencoders.Named(form));
        RandomWeights.Fill(network, seed: 11);
        network.eval();
        return network;
    }
}
