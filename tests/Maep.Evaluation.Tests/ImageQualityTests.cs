using System.Text.Json;
using TorchSharp;
using static Maep.Evaluation.Tests.RandomImages;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests;

public sealed class ImageQualityTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Identical_images_have_similarity_1_and_the_highest_psnr()
    {
        var images = Noise(3, 16, 20, seed: 1);

        var similarity = ImageQuality.Ssim(images, images);
        var psnr = ImageQuality.Psnr(images, images);

        Assert.All(Numbers(similarity), value => Assert.Equal(1, value, 1e-6));
        Assert.All(Numbers(psnr), value => Assert.Equal(ImageQuality.HighestPsnr, value, 1e-4));
    }

    [Fact]
    public void Images_and_reference_may_change_places()
    {
        var (images, reference) = (Noise(3, 16, 20, seed: 1), Noise(3, 16, 20, seed: 2));

        Assert.Equal(Numbers(ImageQuality.Ssim(images, reference)), Numbers(ImageQuality.Ssim(reference, images)));
        Assert.Equal(Numbers(ImageQuality.Psnr(images, reference)), Numbers(ImageQuality.Psnr(reference, images)));
    }

    [Theory]
    [InlineData(0.2, 0.7)]
    [InlineData(0, 1)]
    [InlineData(0.5, 0.51)]
    public void Ssim_of_constant_images_compares_only_their_means(double a, double b)
    {
        var similarity = ImageQuality.Ssim(Constant(a), Constant(b));

        Assert.Equal((2 * a * b + 1e-4) / (a * a + b * b + 1e-4), Numbers(similarity).Single(), 1e-6);
    }

    [Fact]
    public void Ssim_agrees_with_a_loop_over_every_window()
    {
        var reference = Noise(2, 13, 17, seed: 3);
        var images = (0.8 * reference + 0.2 * Noise(2, 13, 17, seed: 4)).clamp(0, 1);

        var similarity = Numbers(ImageQuality.Ssim(images, reference));

        for (var image = 0; image < 2; image++)
            Assert.Equal(LoopSsim(images[image], reference[image]), similarity[image], 1e-5);
    }

    [Fact]
    public void Ssim_of_a_nearly_flat_image_keeps_its_precision()
    {
        var reference = 0.9 + 1e-3 * Noise(1, 12, 12, seed: 5);
        var images = 0.9 + 1e-3 * Noise(1, 12, 12, seed: 6);

        var similarity = Numbers(ImageQuality.Ssim(images, reference));

        Assert.Equal(LoopSsim(images[0], reference[0]), similarity.Single(), 1e-6);
    }

    [Theory]
    [InlineData(0.1, 20)]
    [InlineData(0.01, 40)]
    [InlineData(8 / 255.0, 30.0691)]
    public void Psnr_of_a_uniform_offset_is_minus_20_log10_of_it(double offset, double decibels)
    {
        var reference = Constant(0.25);

        var psnr = ImageQuality.Psnr(reference + offset, reference);

        Assert.Equal(decibels, Numbers(psnr).Single(), 1e-3);
    }

    [Fact]
    public void Each_image_is_measured_by_itself()
    {
        var (images, reference) = (Noise(3, 12, 12, seed: 1), Noise(3, 12, 12, seed: 2));

        var together = Numbers(ImageQuality.Ssim(images, reference));
        var alone = Numbers(ImageQuality.Ssim(images[1].unsqueeze(0), reference[1].unsqueeze(0)));

        Assert.Equal([3], ImageQuality.Psnr(images, reference).shape);
        Assert.Equal(alone.Single(), together[1], 1e-6);
    }

    [Fact]
    public void Faults_name_the_value_and_what_is_allowed()
    {
        var images = Noise(2, 16, 16, seed: 1);

        Assert.Contains("[2, 16, 16]", Fault(() => ImageQuality.Psnr(images.mean([1]), images)), StringComparison.Ordinal);
        Assert.Contains("the images have [2, 3, 16, 16]", Fault(() => ImageQuality.Psnr(images, images[1].unsqueeze(0))), StringComparison.Ordinal);
        Assert.Contains("Byte", Fault(() => ImageQuality.Psnr(images.to(ScalarType.Byte), images)), StringComparison.Ordinal);
        Assert.Contains("[0, 1]", Fault(() => ImageQuality.Psnr(images * 255, images)), StringComparison.Ordinal);
        Assert.Contains("NaN", Fault(() => ImageQuality.Psnr(images / 0 * 0, images)), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("10x12", Fault(() => ImageQuality.Ssim(Noise(1, 10, 12, seed: 1), Noise(1, 10, 12, seed: 1))), StringComparison.Ordinal);
    }

    [Fact]
    public void Measuring_leaves_only_its_result_alive()
    {
        var images = Noise(2, 16, 16, seed: 1);
        using var scope = NewDisposeScope();

        _ = ImageQuality.Ssim(images, images);
        _ = ImageQuality.Psnr(images, images);

        Assert.Equal(2, scope.DisposablesCount);
    }

    [Fact]
    public void Psnr_and_ssim_agree_with_scikit_image()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "image-quality.json")));
        var (height, width) = (golden.RootElement.GetProperty("height").GetInt64(), golden.RootElement.GetProperty("width").GetInt64());
        var reference = Picture(golden.RootElement.GetProperty("reference"));

        foreach (var expected in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var image = Picture(expected.GetProperty("image"));
            Assert.Equal(expected.GetProperty("psnr").GetDouble(), Numbers(ImageQuality.Psnr(image, reference)).Single(), 1e-4);
            Assert.Equal(expected.GetProperty("ssim").GetDouble(), Numbers(ImageQuality.Ssim(image, reference)).Single(), 1e-6);
        }

        Tensor Picture(JsonElement bytes) => tensor(bytes.EnumerateArray().Select(value => value.GetInt32() / 255f).ToArray(), [1, 3, height, width]);
    }

    private static string Fault(Func<Tensor> call) => Assert.Throws<ArgumentException>(call).Message;

    private static double LoopSsim(Tensor image, Tensor reference) // [3, H, W] each
    {
        var (height, width) = ((int)image.shape[1], (int)image.shape[2]);
        var (x, y) = (image.to(ScalarType.Float64).data<double>().ToArray(), reference.to(ScalarType.Float64).data<double>().ToArray());
        var weights = new double[11, 11];
        var total = 0.0;
        for (var i = 0; i < 11; i++)
            for (var j = 0; j < 11; j++)
                total += weights[i, j] = Math.Exp(-((i - 5) * (i - 5) + (j - 5) * (j - 5)) / (2 * 1.5 * 1.5));

        var (sum, windows) = (0.0, 0);
        for (var channel = 0; channel < 3; channel++)
            for (var top = 0; top + 11 <= height; top++)
                for (var left = 0; left + 11 <= width; left++, windows++)
                {
                    var (meanX, meanY) = (Average((a, _) => a), Average((_, b) => b));
                    var varianceX = Average((a, _) => (a - meanX) * (a - meanX));
                    var varianceY = Average((_, b) => (b - meanY) * (b - meanY));
                    var covariance = Average((a, b) => (a - meanX) * (b - meanY));
                    sum += (2 * meanX * meanY + 1e-4) * (2 * covariance + 9e-4)
                        / ((meanX * meanX + meanY * meanY + 1e-4) * (varianceX + varianceY + 9e-4));

                    double Average(Func<double, double, double> of)
                    {
                        var average = 0.0;
                        for (var i = 0; i < 11; i++)
                            for (var j = 0; j < 11; j++)
                            {
                                var at = (channel * height + top + i) * width + left + j;
                                average += weights[i, j] / total * of(x[at], y[at]);
                            }
                        return average;
                    }
                }
        return sum / windows;
    }

    private static Tensor Constant(double value) => full([1, 3, 16, 16], value, dtype: ScalarType.Float32);

    private static float[] Numbers(Tensor tensor) => tensor.data<float>().ToArray();
}
