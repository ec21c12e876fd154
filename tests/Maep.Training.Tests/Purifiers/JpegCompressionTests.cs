using Maep.Networks.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Purifiers;

public sealed class JpegCompressionTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_block_of_one_frequency_below_half_a_step_becomes_flat()
    {
        // Grey: Y alone. Quality 75 halves the steps of ITU T.81 Annex K; that of the highest frequency, 99, becomes 50 grey levels of coefficient.
        var (flat, weak, strong) = (Wave(0), Wave(20), Wave(30));

        var coded = new JpegCompression(75).call(cat([flat, weak, strong], 0));

        Assert.Equal(Numbers(flat), Numbers(coded[..1]));
        Assert.Equal(Numbers(flat), Numbers(coded[1..2]));
        Assert.NotEqual(Numbers(flat), Numbers(coded[2..]));
    }

    [Theory]
    [InlineData(3, 32, 32)]
    [InlineData(1, 17, 40)]
    public void Images_of_any_size_keep_shape_order_range_and_most_of_their_look(int count, int height, int width)
    {
        var images = Smooth(count, height, width);

        var coded = new JpegCompression(90).call(images);

        Assert.Equal(images.shape, coded.shape);
        Assert.InRange((coded - images).abs().mean().item<float>(), 1e-4f, 0.02f);
        Assert.InRange(coded.min().item<float>(), 0, 1);
        Assert.InRange(coded.max().item<float>(), 0, 1);
    }

    [Fact]
    public void A_lower_quality_changes_more()
    {
        var images = Smooth(2, 32, 32);

        var changes = new[] { 95, 75, 30, 5 }.Select(quality => (new JpegCompression(quality).call(images) - images).abs().mean().item<float>()).ToArray();

        Assert.Equal(changes.Order(), changes);
    }

    [Fact]
    public void Gradients_pass_as_if_nothing_was_coded()
    {
        var images = Smooth(2, 16, 16).requires_grad_();
        var weights = rand_like(images).detach();

        (new JpegCompression(50).call(images) * weights).sum().backward();

        Assert.Equal(Numbers(weights), Numbers(images.grad!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void A_quality_that_is_none_is_refused(int quality)
    {
        var error = Assert.Throws<ArgumentException>(() => new JpegCompression(quality));

        Assert.Equal($"JPEG quality {quality} must be 1 to 100; 75 is usual.", error.Message);
    }

    // [1, 3, 8, 8] around middle grey 128; the coefficient of the highest frequency is the amplitude, grey levels.
    private static Tensor Wave(double amplitude)
    {
        var basis = (((arange(8, ScalarType.Float64) * 2) + 1) * 7 * Math.PI / 16).cos() / 2;
        return (((basis.unsqueeze(1) * basis * amplitude) + 128) / 255).to(ScalarType.Float32).expand(1, 3, 8, 8).contiguous();
    }

    private static Tensor Smooth(int count, int height, int width)
    {
        using var random = new Generator(4);
        return nn.functional.interpolate(rand([count, 3, 4, 4], generator: random), [height, width], mode: InterpolationMode.Bilinear);
    }

    private static float[] Numbers(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();
}
