using Maep.Networks;
using static TorchSharp.torch;

namespace Maep.Export.Tests;

public sealed class ParityCheckTests
{
    [Theory]
    [InlineData("mae-stem", "tail_pred.bias")]
    [InlineData("resnet-20", "layer2.0.bn1.running_mean")]
    [InlineData("fast-convnet", "stages.1.conv2.weight")]
    public void A_weight_that_moved_after_the_export_shows(string name, string weight)
    {
        using var network = Networks.Create(name);
        var model = OnnxExporter.ToBytes(network, Networks.Facts);
        using (no_grad())
            Maep.Networks.NamedWeights.Of(network)[weight].add_(0.05);

        var difference = ParityCheck.LargestDifference(network, model);

        Assert.True(difference > ParityCheck.Tolerance, $"difference {difference}");
    }

    [Fact]
    public void An_output_that_is_not_finite_gives_nan()
    {
        using var network = Networks.Create("resnet-20");
        using (no_grad())
            Maep.Networks.NamedWeights.Of(network)["linear.bias"].fill_(float.NaN);

        var difference = ParityCheck.LargestDifference(network, OnnxExporter.ToBytes(network, Networks.Facts));

        Assert.Equal(double.NaN, difference);
    }
}
