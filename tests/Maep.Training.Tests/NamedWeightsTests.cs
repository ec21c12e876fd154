using Maep.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

public sealed class NamedWeightsTests : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _module = nn.Sequential(("conv", nn.Conv2d(3, 2, 1)), ("norm", nn.BatchNorm2d(2)));

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Parameters_and_statistics_are_named_and_the_batch_counter_is_not()
    {
        var names = NamedWeights.Of(_module).Keys;

        Assert.Equal(["conv.bias", "conv.weight", "norm.bias", "norm.running_mean", "norm.running_var", "norm.weight"], names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fill_copies_every_value()
    {
        using var source = nn.Sequential(("conv", nn.Conv2d(3, 2, 1)), ("norm", nn.BatchNorm2d(2)));
        RandomWeights.Fill(source, seed: 2);

        NamedWeights.Fill(_module, NamedWeights.Of(source), "there.onnx");

        Assert.Equal(RandomWeights.Values(NamedWeights.Of(source)), RandomWeights.Values(NamedWeights.Of(_module)));
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        var weights = NamedWeights.Of(_module);
        weights.Remove("norm.running_var");

        var error = Assert.Throws<InvalidDataException>(() => NamedWeights.Fill(_module, weights, "there.onnx"));

        Assert.Equal("there.onnx: tensor 'norm.running_var' is missing for a torch::nn::SequentialImpl; give weights of that network.", error.Message);
    }

    [Fact]
    public void A_superfluous_tensor_is_named()
    {
        using var extra = zeros(1);
        var weights = NamedWeights.Of(_module);
        weights["head.bias"] = extra;

        var error = Assert.Throws<InvalidDataException>(() => NamedWeights.Fill(_module, weights, "there.onnx"));

        Assert.Equal("there.onnx: tensor 'head.bias' does not belong to a torch::nn::SequentialImpl; give weights of that network.", error.Message);
    }

    [Fact]
    public void Another_shape_is_named_beside_the_expected_one()
    {
        using var wide = zeros(4, 3, 1, 1);
        var weights = NamedWeights.Of(_module);
        weights["conv.weight"] = wide;

        var error = Assert.Throws<InvalidDataException>(() => NamedWeights.Fill(_module, weights, "there.onnx"));

        Assert.Equal("there.onnx: tensor 'conv.weight' is [4, 3, 1, 1]; [2, 3, 1, 1] expected.", error.Message);
    }
}
