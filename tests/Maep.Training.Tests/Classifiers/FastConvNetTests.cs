using Maep.Networks;
using Maep.Networks.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Classifiers;

public sealed class FastConvNetTests
{
    [Fact]
    public void Whitening_gives_patches_of_unit_covariance()
    {
        using var scope = NewDisposeScope();
        using var network = new FastConvNet(new FastConvNetOptions { Widths = [4] });
        var images = rand([64, 3, 16, 16], generator: new Generator(1));

        network.Whiten(images);

        var filters = NamedWeights.Of(network)["whiten.weight"].narrow(0, 0, 12);
        var whitened = nn.functional.conv2d(network.Normalization.Apply(images), filters).permute(0, 2, 3, 1).reshape(-1, 12);
        var covariance = whitened.t().matmul(whitened) / whitened.shape[0];
        Assert.True((covariance - eye(12)).abs().max().item<float>() < 0.01);
        Assert.DoesNotContain(network.parameters(), parameter => parameter.requires_grad && parameter.shape is [24, 3, 2, 2]);
    }

    [Fact]
    public void Logits_have_one_column_per_class_and_scale_with_the_option()
    {
        using var scope = NewDisposeScope();
        using var network = new FastConvNet(new FastConvNetOptions { Widths = [4, 8], Classes = 7, LogitScale = 1 });
        using var scaled = new FastConvNet(new FastConvNetOptions { Widths = [4, 8], Classes = 7, LogitScale = 2 });
        RandomWeights.Fill(network, seed: 1);
        NamedWeights.Fill(scaled, NamedWeights.Of(network), "test");
        network.eval();
        scaled.eval();
        var images = rand([3, 3, 32, 32], generator: new Generator(1));

        var (logits, doubled) = (network.call(images), scaled.call(images));

        Assert.Equal([3, 7], logits.shape);
        Assert.Equal(RandomWeights.Values(logits * 2), RandomWeights.Values(doubled));
    }
}
