using Maep.Networks.Purifiers;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Purifiers;

public sealed class TiledPurifierTests
{
    [Theory]
    [InlineData(8, 8, 2)]
    [InlineData(24, 16, 0)]
    [InlineData(29, 17, 3)]
    [InlineData(5, 40, 4)] // shorter than a tile: continued by mirroring
    public void Tiles_of_a_purifier_that_changes_nothing_are_the_image(int height, int width, int overlap)
    {
        using var scope = NewDisposeScope();
        var images = rand([2, 3, height, width], generator: new Generator(1));

        var purified = new TiledPurifier(new Scale(1), 8, overlap).call(images);

        Assert.True(purified.allclose(images, rtol: 0, atol: 1e-6));
    }

    [Fact]
    public void Gradients_reach_every_pixel_with_the_weight_of_its_tiles()
    {
        using var scope = NewDisposeScope();
        var images = rand([1, 3, 29, 17], generator: new Generator(2)).requires_grad_();

        new TiledPurifier(new Scale(0.5), 8, 3).call(images).sum().backward();

        Assert.True(images.grad!.allclose(full_like(images, 0.5), rtol: 0, atol: 1e-5));
    }

    [Fact]
    public void Tiles_of_all_images_are_one_batch()
    {
        using var scope = NewDisposeScope();
        var counted = new Scale(1);

        _ = new TiledPurifier(counted, 8, 0).call(zeros(2, 3, 16, 24));

        Assert.Equal([12, 3, 8, 8], counted.LastShape!);
    }

    [Fact]
    public void Borders_are_the_starts_and_ends_of_tiles_inside_the_axis()
    {
        // 20 pixels, tiles of 8 that share 2 and more: 0, 6, 12.
        Assert.Equal([6, 8, 12, 14], new TiledPurifier(new Scale(1), 8, 2).Borders(20));
        Assert.Empty(new TiledPurifier(new Scale(1), 8, 2).Borders(8));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(8, 5)]
    [InlineData(8, -1)]
    public void Sizes_outside_their_range_are_refused(int tile, int overlap)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TiledPurifier(new Scale(1), tile, overlap));
    }

    [Fact]
    public void What_a_purifier_says_of_itself_its_tiles_say_too()
    {
        var (rounding, smooth) = (new TiledPurifier(new BitDepthReduction(3), 8, 2), new TiledPurifier(new TotalVariation(), 8, 2));

        Assert.Equal(("bits:3", "identity through rounding (BPDA)", "tiles of 8x8, overlap 2 or more"), (rounding.Name, rounding.GradientStandIn, rounding.Tiling));
        Assert.Null(smooth.GradientStandIn);
        Assert.True(new TiledPurifier(new AntiAdversary(new Scale(1)), 8, 2).OptimisesAtTestTime);
        Assert.Equal((29 * 17, 4 * 3 * 8 * 8), (new BitDepthReduction(3).PixelsOf(29, 17), rounding.PixelsOf(26, 20)));
    }

    [Fact]
    public void Only_a_purifier_of_one_size_goes_over_images_in_tiles()
    {
        var network = new MaskedAutoencoder(new MaskedAutoencoderOptions { ImageSize = 8, EncoderDepth = 0, DecoderDepth = 0 });
        var median = new MedianFilter();

        Assert.Same(network, network.For(8, 8, 2));
        Assert.Same(median, median.For(29, 17, 2));
        Assert.Equal((8, 2), network.For(8, 16, 2) is TiledPurifier tiled ? (tiled.Tile, tiled.Overlap) : default);
    }

    private sealed class Scale(double factor) : Purifier("scale")
    {
        public long[]? LastShape { get; private set; }

        public override Tensor forward(Tensor input)
        {
            LastShape = input.shape;
            return input * factor;
        }
    }
}
