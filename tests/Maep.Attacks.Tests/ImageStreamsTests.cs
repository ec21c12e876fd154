using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

public sealed class ImageStreamsTests
{
    [Fact]
    public void Numbers_depend_on_seed_index_and_purpose_alone()
    {
        using var scope = NewDisposeScope();
        var all = new ImageStreams(5, 0, 10);

        var direct = TinyImages.Values(new ImageStreams(5, 7, 1).Uniform(0, 1, 4));
        var selected = TinyImages.Values(all.Select(tensor([2L, 7])).Uniform(0, 1, 4));

        Assert.Equal(direct, selected[4..]);
        Assert.Equal(direct, TinyImages.Values(all.Uniform(0, 1, 4))[28..32]);
        Assert.NotEqual(direct, TinyImages.Values(new ImageStreams(6, 7, 1).Uniform(0, 1, 4)));
        Assert.NotEqual(direct, TinyImages.Values(new ImageStreams(5, 7, 1).Fork(0).Uniform(0, 1, 4)));
        Assert.NotEqual(TinyImages.Values(all.Fork(0).Uniform(0, 1, 4)), TinyImages.Values(all.Fork(1).Uniform(0, 1, 4)));
    }

    [Fact]
    public void Numbers_have_the_distributions_they_are_named_after()
    {
        using var scope = NewDisposeScope();
        var streams = new ImageStreams(1, 0, 100);

        var (uniform, normal, signs) = (streams.Uniform(-1, 1, 100), streams.Fork(1).Normal(100), streams.Fork(2).Signs(100));

        // Five standard deviations of a mean of 10,000 draws.
        Assert.Equal(0, uniform.mean().item<float>(), 5 * 0.578f / 100);
        Assert.Equal(1.0f / 3, uniform.square().mean().item<float>(), 5 * 0.3f / 100);
        Assert.InRange(TinyImages.Largest(uniform.abs()), 0.99, 1);
        Assert.Equal(0, normal.mean().item<float>(), 5 * 1.0f / 100);
        Assert.Equal(1, normal.square().mean().item<float>(), 5 * 1.42f / 100);
        Assert.Equal(0, signs.mean().item<float>(), 5 * 1.0f / 100);
        Assert.All(TinyImages.Values(signs), sign => Assert.Equal(1, Math.Abs(sign)));
    }

    [Fact]
    public void Draw_takes_its_seed_from_the_generator()
    {
        using var scope = NewDisposeScope();
        float[] Values(ulong seed)
        {
            using var random = new Generator(seed);
            return TinyImages.Values(ImageStreams.Draw(random, 2).Uniform(0, 1, 3));
        }

        Assert.Equal(Values(1), Values(1));
        Assert.NotEqual(Values(1), Values(2));
    }
}
