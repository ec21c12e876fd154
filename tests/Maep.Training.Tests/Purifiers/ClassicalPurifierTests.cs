using System.Text.Json;
using Maep.Networks.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Purifiers;

public sealed class ClassicalPurifierTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("tv:0.05", 1e-5)]
    [InlineData("tv:0.3", 1e-5)]
    [InlineData("median:3", 1e-6)]
    [InlineData("median:5", 1e-6)]
    [InlineData("jpeg:75", 1e-6)]
    [InlineData("jpeg:30", 1e-6)]
    public void It_computes_what_scikit_image_scipy_or_pillow_computes(string name, double tolerance)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "classical-purifiers.json")));
        var root = golden.RootElement;
        var image = tensor(Values(root.GetProperty("image")), [1, 3, root.GetProperty("height").GetInt64(), root.GetProperty("width").GetInt64()]) / 255;

        var purified = NamedPurifiers.Create(name)!.call(image);

        Assert.Equal(0, (purified - tensor(Values(root.GetProperty(name)), image.shape)).abs().max().item<float>(), tolerance);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(4, 16)]
    public void Fewer_bits_leave_as_many_levels_and_identity_gradients(int bits, int levels)
    {
        var images = Images(2, 16, 16).requires_grad_();

        var purified = new BitDepthReduction(bits).call(images);
        purified.sum().backward();

        Assert.Equal(levels, purified.detach().data<float>().Distinct().Count());
        Assert.InRange((purified - images).abs().max().item<float>(), 0, (0.5f / (levels - 1)) + 1e-6f);
        Assert.True(images.grad!.eq(1).all().item<bool>());
    }

    [Theory]
    [InlineData("median:3")]
    [InlineData("tv:0.1")]
    [InlineData("resize-pad:0.7")]
    public void Exact_gradients_are_those_of_small_differences(string name)
    {
        var images = Images(1, 6, 8).requires_grad_();
        var weights = rand_like(images).detach();

        (Fresh(name).call(images) * weights).sum().backward();

        var moved = images.detach().clone();
        moved[0, 1, 2, 3] = moved[0, 1, 2, 3] + 1e-3;
        var slope = ((Fresh(name).call(moved) - Fresh(name).call(images.detach())) * weights).sum().item<float>() / 1e-3;
        Assert.Equal(slope, images.grad![0, 1, 2, 3].item<float>(), 0.02);
    }

    [Theory]
    [InlineData("median:3")]
    [InlineData("bits:4")]
    [InlineData("tv:0.05")]
    [InlineData("jpeg:75")]
    [InlineData("resize-pad:0.9")]
    public void Images_keep_shape_and_range_and_only_the_random_one_draws_anew(string name)
    {
        var purifier = NamedPurifiers.Create(name)!;
        var images = Images(3, 20, 32);

        var (once, again) = (purifier.call(images), purifier.call(images));

        Assert.Equal(images.shape, once.shape);
        Assert.InRange(once.min().item<float>(), 0, 1);
        Assert.InRange(once.max().item<float>(), 0, 1);
        Assert.Equal(name.StartsWith("resize", StringComparison.Ordinal), !once.equal(again).all().item<bool>());
    }

    [Fact]
    public void A_shrunken_image_lies_whole_on_black_with_sides_of_the_share_or_more()
    {
        var white = ones(200, 3, 20, 30);

        var padded = new RandomResizePadding(0.5).call(white);

        var (rows, columns) = (padded[.., 0].amax([2]).sum(1), padded[.., 0].amax([1]).sum(1)); // sides of the white rectangle
        Assert.Equal((10f, 20f), (rows.min().item<float>(), rows.max().item<float>()));
        Assert.Equal((15f, 30f), (columns.min().item<float>(), columns.max().item<float>()));
        Assert.True(padded[.., 0].sum([1, 2]).equal(rows * columns).all().item<bool>());
        Assert.True((columns / 30 - rows / 20).abs().max().item<float>() < 0.05);
    }

    [Fact]
    public void Total_variation_falls_with_the_weight()
    {
        var images = Images(1, 16, 16);

        var variation = new[] { 0.01, 0.05, 0.2, 1 }.Select(weight => new TotalVariation(weight).call(images).diff(dim: 3).abs().sum().item<float>()).ToArray();

        Assert.Equal(variation.OrderDescending(), variation);
    }

    [Theory]
    [InlineData("median:2", "Median window 2 must be odd and at least 3.")]
    [InlineData("bits:8", "Bit depth 8 must be 1 to 7; images have 8 bits a colour.")]
    [InlineData("tv:0", "Total variation weight 0 must be above 0 and at most 10.")]
    [InlineData("resize-pad:1", "Smallest size 1 must be a share between 0 and 1.")]
    [InlineData("anti-adv", "anti-adv follows the gradients of the classifier that it stands ahead of; use it where one is given that has them (--classifier), neither alone nor with --pipeline.")]
    public void A_setting_outside_its_range_is_refused(string name, string message)
    {
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => NamedPurifiers.Create(name)).Message);
    }

    // The same draws for each, where it is random.
    private static UntrainedPurifier Fresh(string name) => NamedPurifiers.Create(name)!;

    private static Tensor Images(int count, int height, int width)
    {
        using var random = new Generator(4);
        return rand([count, 3, height, width], generator: random);
    }

    private static float[] Values(JsonElement numbers) => [.. numbers.EnumerateArray().Select(number => number.GetSingle())];
}
