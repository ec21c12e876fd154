using Maep.Networks.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Classifiers;

public sealed class MobileNetV2Tests
{
    private static readonly PixelNormalization Normalization = new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    [Fact]
    public void Logits_have_one_column_per_class_and_stay_in_the_range_of_the_last_layer()
    {
        using var scope = NewDisposeScope();
        var ranges = Ranges(new OutputRange(0, 6));
        ranges[^1] = new OutputRange(0.25, 0.5);
        using var network = new MobileNetV2(ranges, Normalization, classes: 7);

        var logits = network.call(rand([2, 3, 64, 64], generator: new Generator(1)));

        Assert.Equal([2, 7], logits.shape);
        Assert.All(RandomWeights.Values(logits), value => Assert.Equal(0.25f, value)); // weights are 0 until they are filled
    }

    [Fact]
    public void The_network_has_the_parameters_of_the_paper_without_batch_normalisation()
    {
        using var network = new MobileNetV2(Ranges(new OutputRange(0, 6)), Normalization);

        var parameters = network.parameters().Sum(parameter => parameter.numel());

        // torchvision's mobilenet_v2 has 3,504,872, of which 17,056 scales and as many shifts: the shifts are here the biases, the scales are folded.
        Assert.Equal(3_504_872 - 17_056, parameters);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(62)]
    [InlineData(64)]
    public void Another_number_of_ranges_is_refused(int count)
    {
        var error = Assert.Throws<ArgumentException>(() => new MobileNetV2(new OutputRange[count], Normalization));

        Assert.StartsWith($"{count} output ranges given; the network has 63 layers.", error.Message, StringComparison.Ordinal);
    }

    private static OutputRange[] Ranges(OutputRange range) => [.. Enumerable.Repeat(range, MobileNetV2.RangeCount)];
}
