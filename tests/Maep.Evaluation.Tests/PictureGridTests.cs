using SkiaSharp;
using TorchSharp;
using static Maep.Evaluation.Tests.RandomImages;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests;

public sealed class PictureGridTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Every_pixel_of_every_image_becomes_a_square_of_its_colour_in_its_cell()
    {
        const int scale = 3, gap = 4, height = 5, width = 7;
        Tensor[] columns = [Noise(2, height, width, seed: 1), Noise(2, height, width, seed: 2)];

        using var picture = SKBitmap.Decode(PictureGrid.Png([("clean", columns[0]), ("attacked", columns[1])], scale));

        var top = HasFont ? 18 : 0;
        Assert.Equal((gap + 2 * (width * scale + gap), top + gap + 2 * (height * scale + gap)), (picture.Width, picture.Height));
        Assert.Equal(SKColors.White, picture.GetPixel(0, 0));
        Assert.Equal(SKColors.White, picture.GetPixel(gap + width * scale, top + gap));
        for (var column = 0; column < 2; column++)
            for (var row = 0; row < 2; row++)
                for (var y = 0; y < height * scale; y++)
                    for (var x = 0; x < width * scale; x++)
                    {
                        var pixel = picture.GetPixel(gap + column * (width * scale + gap) + x, top + gap + row * (height * scale + gap) + y);
                        Assert.Equal(Colour(columns[column], row, y / scale, x / scale), pixel);
                    }
    }

    [Fact]
    public void Amplified_difference_is_grey_at_0_and_saturates()
    {
        using var shown = PictureGrid.Amplified(tensor(new[] { 0f, 0.02f, -0.03f, 0.2f, -0.2f }), 10);

        Assert.Equal([0.5f, 0.7f, 0.2f, 1, 0], shown.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Images_that_require_a_gradient_can_be_shown()
    {
        var images = Noise(1, 4, 4, seed: 1).requires_grad_();

        Assert.NotEmpty(PictureGrid.Png([("clean", images)]));
    }

    [Fact]
    public void Titles_stand_above_their_columns_where_there_is_a_font()
    {
        var images = ones([1, 3, 8, 8]);

        using var picture = SKBitmap.Decode(PictureGrid.Png([("clean", images), ("", images), ("a title much wider than its column", images)], scale: 4));

        Assert.Equal(HasFont, IsInked(picture, 4, 36));
        Assert.False(IsInked(picture, 40, 72));
        Assert.Equal(HasFont, IsInked(picture, 76, 108));
        Assert.False(IsInked(picture, 109, 112));
    }

    [Fact]
    public void Faults_name_the_column()
    {
        var images = Noise(2, 4, 4, seed: 1);

        Assert.Contains("No column", Fault([]), StringComparison.Ordinal);
        Assert.Contains("'noise' is [1, 3, 4, 4], column 'clean' [2, 3, 4, 4]", Fault([("clean", images), ("noise", images[0].unsqueeze(0))]), StringComparison.Ordinal);
        Assert.Contains("'noise'", Fault([("clean", images), ("noise", images * 2)]), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => PictureGrid.Png([("clean", images)], scale: 0));
        var tooLarge = Assert.Throws<ArgumentOutOfRangeException>(() => PictureGrid.Png([("clean", images)], scale: 5000));
        Assert.Contains($"20008x{40012 + (HasFont ? 18 : 0)} pixels", tooLarge.Message, StringComparison.Ordinal);
    }

    private static bool HasFont => SKTypeface.Default.ContainsGlyph('x');

    private static bool IsInked(SKBitmap picture, int left, int right) =>
        Enumerable.Range(left, right - left).Any(x => Enumerable.Range(0, picture.Height).Any(y => picture.GetPixel(x, y) != SKColors.White));

    private static string Fault((string, Tensor)[] columns) => Assert.Throws<ArgumentException>(() => PictureGrid.Png(columns)).Message;

    private static SKColor Colour(Tensor images, int image, int y, int x)
    {
        return new SKColor(Channel(0), Channel(1), Channel(2));

        byte Channel(int channel) => (byte)MathF.Round(images[image, channel, y, x].item<float>() * 255);
    }
}
