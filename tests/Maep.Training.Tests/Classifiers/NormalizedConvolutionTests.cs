using Maep.Networks.Classifiers;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Classifiers;

public sealed class NormalizedConvolutionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Evaluation_gives_the_values_and_gradients_of_the_two_layers(int stride)
    {
        using var scope = NewDisposeScope();
        var (convolution, norm, input) = Layers(stride);
        norm.eval();
        var (folded, other) = (input.clone().requires_grad_(), input.clone().requires_grad_());

        var result = NormalizedConvolution.Call(convolution, norm, folded);
        var expected = norm.call(convolution.call(other));
        result.square().sum().backward();
        expected.square().sum().backward();

        Assert.True(result.allclose(expected, rtol: 1e-4, atol: 1e-5));
        Assert.True(folded.grad!.allclose(other.grad!, rtol: 1e-4, atol: 1e-4));
        Assert.False(result.allclose(convolution.call(input)));
    }

    [Fact]
    public void Training_normalises_by_the_batch()
    {
        using var scope = NewDisposeScope();
        var (convolution, norm, input) = Layers(stride: 1);
        using (no_grad())
        {
            norm.weight!.fill_(1);
            norm.bias!.fill_(0);
        }

        var result = NormalizedConvolution.Call(convolution, norm, input);

        Assert.True(result.mean([0, 2, 3]).abs().max().item<float>() < 1e-5);
    }

    private static (TorchSharp.Modules.Conv2d Convolution, TorchSharp.Modules.BatchNorm2d Norm, Tensor Input) Layers(int stride)
    {
        var random = new Generator(3);
        var (convolution, norm) = (nn.Conv2d(5, 7, 3, stride, padding: 1, bias: false), nn.BatchNorm2d(7));
        using var noGradient = no_grad();
        norm.weight!.copy_(randn([7], generator: random));
        norm.bias!.copy_(randn([7], generator: random));
        norm.running_mean!.copy_(randn([7], generator: random));
        norm.running_var!.copy_(rand([7], generator: random) + 0.1);
        return (convolution, norm, randn([4, 5, 9, 9], generator: random));
    }
}
