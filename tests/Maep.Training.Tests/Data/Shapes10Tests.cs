using System.Security.Cryptography;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Data;

public class Shapes10Tests
{
    [Fact]
    public void Generate_gives_the_same_bytes_on_every_machine()
    {
        var set = Shapes10.Generate(100, seed: 1);

        var bytes = Enumerable.Range(0, set.Count).SelectMany(image => set.Image(image).ToArray()).ToArray();
        Assert.Equal("c1bc51806bce77d06a8f6dd38aab9b23d9535df79110f67795bac1982b91666b", Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public void Every_prefix_is_balanced_and_independent_of_the_count()
    {
        var (few, many) = (Shapes10.Generate(23, seed: 5), Shapes10.Generate(40, seed: 5));

        Assert.Equal(Enumerable.Range(0, 23).Select(image => image % 10), few.Labels.ToArray());
        Assert.All(Enumerable.Range(0, 23), image => Assert.True(few.Image(image).SequenceEqual(many.Image(image))));
    }

    [Fact]
    public void Other_seeds_give_other_images()
    {
        var (one, two) = (Shapes10.Generate(20, seed: 0), Shapes10.Generate(20, seed: 1));

        Assert.All(Enumerable.Range(0, 20), image => Assert.False(one.Image(image).SequenceEqual(two.Image(image))));
    }

    [Fact]
    public void The_set_is_called_shapes10_and_holds_ten_classes_of_32_by_32_pixels()
    {
        var set = Shapes10.Generate(10, seed: 0);

        Assert.Equal(("shapes10", 10, 32, 32), (set.Name, set.ClassNames.Count, set.Height, set.Width));
        Assert.Equal(10, set.ClassNames.Distinct().Count());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Generate_refuses_a_count_that_no_array_holds(int count)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Shapes10.Generate(count, seed: 0));

        Assert.Contains("0..699050", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_share_brightness_so_that_colour_tells_nothing()
    {
        var set = Shapes10.Generate(2000, seed: 3);

        var means = new double[10];
        for (var image = 0; image < set.Count; image++)
            means[set.Labels[image]] += set.Image(image).ToArray().Average(pixel => (double)pixel) / 200;
        Assert.All(means, mean => Assert.InRange(mean, means.Average() - 12, means.Average() + 12)); // one image spreads by 35, a class mean by 35 / sqrt(200) = 2.5
    }

    [Fact]
    public void A_linear_model_stays_below_60_percent()
    {
        using var scope = NewDisposeScope();
        var (train, test) = (Shapes10.Generate(4000, seed: 1), Shapes10.Generate(1000, seed: 2));
        var (images, labels) = (Flat(train), train.LabelTensor());
        var (weights, bias) = (nn.Parameter(zeros(3072, 10)), nn.Parameter(zeros(10))); // a convex problem: no random start
        var optimizer = optim.Adam([weights, bias], lr: 1e-3);

        for (var step = 0; step < 300; step++)
        {
            using var iteration = NewDisposeScope();
            var start = step * 200 % train.Count;
            var loss = nn.functional.cross_entropy(images[start..(start + 200)].matmul(weights) + bias, labels[start..(start + 200)]);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
        }

        var accuracy = (Flat(test).matmul(weights) + bias).argmax(1).eq(test.LabelTensor()).to(ScalarType.Float64).mean().ToDouble();
        Assert.InRange(accuracy, 0.1, 0.6);
    }

    private static Tensor Flat(LabelledImages set) => (LabelledImages.ToUnitRange(set.PixelTensor()) - 0.5).flatten(1);
}
