using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>EDSR-baseline (Lim et al., 2017) without upsampling and without mean shift, residual scale 1: [N, 3, H, W] to features [N, D, H, W].</summary>
public sealed class EdsrEncoder : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "head")]
    private readonly Conv2d _head;
    [ComponentName(Name = "body")]
    private readonly Sequential _body;
    [ComponentName(Name = "tail")]
    private readonly Conv2d _tail;

    /// <param name="width">Channels D.</param>
    /// <param name="blocks">Residual blocks.</param>
    public EdsrEncoder(int width, int blocks) : base(nameof(EdsrEncoder))
    {
        _head = nn.Conv2d(3, width, 3, padding: 1);
        _body = nn.Sequential(Enumerable.Range(0, blocks).Select(index => (index.ToString(CultureInfo.InvariantCulture), (nn.Module<Tensor, Tensor>)new ConvolutionBlock(width))));
        _tail = nn.Conv2d(width, width, 3, padding: 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var shallow = _head.call(input);
        return (shallow + _tail.call(_body.call(shallow))).MoveToOuterDisposeScope();
    }
}
