using CsCheck;
using Maep.Networks.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Autoencoder;

public sealed class PatchGridTests
{
    [Fact]
    public void Split_then_join_is_the_identity() => Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 4], Gen.ULong).Sample(
        (patch, rows, columns, seed) =>
        {
            using var scope = NewDisposeScope();
            using var random = new Generator(seed);
            var images = rand([2, 3, rows * patch, columns * patch], generator: random);
            var grid = new PatchGrid(patch);

            var joined = grid.Join(grid.Split(images));

            Assert.Equal(images.shape, joined.shape);
            Assert.Equal(RandomWeights.Values(images), RandomWeights.Values(joined));
        },
        iter: 30, threads: 1);

    [Fact]
    public void A_patch_holds_its_pixels_row_by_row_red_first()
    {
        using var scope = NewDisposeScope();
        var images = arange(3 * 4 * 6, ScalarType.Float32).reshape(1, 3, 4, 6);

        var patches = new PatchGrid(2).Split(images);

        Assert.Equal([1, 12, 2, 3], patches.shape);
        // Row 1, column 2 of the grid covers rows 2..3 and columns 4..5; a channel has 24 values, a row 6.
        float[] red = [16, 17, 22, 23];
        Assert.Equal([.. red, .. red.Select(value => value + 24), .. red.Select(value => value + 48)], RandomWeights.Values(patches[0, .., 1, 2]));
    }

    [Fact]
    public void Tokens_run_row_by_row_and_back()
    {
        using var scope = NewDisposeScope();
        var grid = arange(2 * 2 * 3, ScalarType.Float32).reshape(1, 2, 2, 3);

        var tokens = PatchGrid.ToTokens(grid);
        var back = PatchGrid.ToGrid(tokens, 2, 3);

        Assert.Equal([1, 6, 2], tokens.shape);
        Assert.Equal([4, 10], RandomWeights.Values(tokens[0, 4]));
        Assert.Equal(RandomWeights.Values(grid), RandomWeights.Values(back));
    }
}
