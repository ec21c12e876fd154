using CsCheck;
using Maep.Networks.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Autoencoder;

public sealed class PatchMaskTests
{
    [Fact]
    public void Every_image_hides_the_rounded_share_and_keeps_the_rest_in_order() => Gen.Select(Gen.Int[1, 4], Gen.Int[2, 40], Gen.Double[0, 0.7], Gen.ULong).Sample(
        (images, patches, ratio, seed) =>
        {
            using var random = new Generator(seed);

            using var mask = PatchMask.Random(images, patches, ratio, random);

            var hidden = mask.Hidden.data<bool>().ToArray().Chunk(patches).ToArray();
            var visible = mask.VisibleIndices.data<long>().ToArray().Chunk((int)mask.VisibleIndices.shape[1]).ToArray();
            Assert.Equal(images, hidden.Length);
            for (var image = 0; image < images; image++)
            {
                Assert.Equal((int)Math.Round(ratio * patches), hidden[image].Count(isHidden => isHidden));
                Assert.Equal(Enumerable.Range(0, patches).Where(patch => !hidden[image][patch]).Select(patch => (long)patch), visible[image]);
            }
        },
        iter: 60, threads: 1);

    [Fact]
    public void Images_of_a_batch_hide_different_patches_and_a_seed_repeats_them()
    {
        using var first = PatchMask.Random(2, 64, 0.5, new Generator(4));
        using var second = PatchMask.Random(2, 64, 0.5, new Generator(4));

        var images = first.Hidden.data<bool>().ToArray().Chunk(64).ToArray();
        Assert.NotEqual(images[0], images[1]);
        Assert.Equal(first.Hidden.data<bool>().ToArray(), second.Hidden.data<bool>().ToArray());
    }

    [Fact]
    public void Every_patch_is_hidden_equally_often()
    {
        using var mask = PatchMask.Random(4000, 8, 0.5, new Generator(5));

        var shares = RandomWeights.Values(mask.Hidden.to(ScalarType.Float32).mean([0]));

        Assert.All(shares, share => Assert.Equal(0.5, share, tolerance: 0.032)); // four standard deviations of 4000 draws
    }

    [Theory]
    [InlineData(-0.1, "MaskingRatio -0.1 must be in [0, 1) and leave at least one of 16 patches visible.")]
    [InlineData(1.0, "MaskingRatio 1 must be in [0, 1)")]
    [InlineData(0.99, "MaskingRatio 0.99 must be in [0, 1) and leave at least one of 16 patches visible.")]
    [InlineData(double.NaN, "MaskingRatio NaN must be in [0, 1)")]
    public void A_ratio_that_leaves_nothing_to_see_is_refused(double ratio, string message)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => PatchMask.Random(1, 16, ratio, new Generator(1)));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
