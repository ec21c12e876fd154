using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>Residual block of EDSR (Lim et al., 2017): conv3x3, ReLU, conv3x3, skip, no normalisation. [N, D, h, w] to the same.</summary>
public sealed class ConvolutionBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")]
    private readonly Conv2d _conv1;
    [ComponentName(Name = "conv2")]
    private readonly Conv2d _conv2;

    /// <param name="width">Channels D.</param>
    public ConvolutionBlock(int width) : base(nameof(ConvolutionBlock))
    {
        _conv1 = nn.Conv2d(width, width, 3, padding: 1);
        _conv2 = nn.Conv2d(width, width, 3, padding: 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return (input + _conv2.call(nn.functional.relu(_conv1.call(input)))).MoveToOuterDisposeScope();
    }
}
