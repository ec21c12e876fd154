using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>A convolution followed by batch normalisation.</summary>
internal static class NormalizedConvolution
{
    /// <summary>
    /// In training the two layers in order. In evaluation the normalisation is a scale and a shift of each channel, which go into the filters: one pass over the
    /// features instead of two, forwards and backwards, which attacks spend their time in. The filters are folded anew each time, so they follow the weights.
    /// </summary>
    /// <param name="convolution">Without a bias.</param>
    /// <param name="norm">Over the convolution's channels.</param>
    /// <param name="input">[N, C, H, W].</param>
    public static Tensor Call(Conv2d convolution, BatchNorm2d norm, Tensor input)
    {
        if (norm.training)
            return norm.call(convolution.call(input));
        var scale = norm.weight! * (norm.running_var! + norm.eps).rsqrt();
        var filters = convolution.weight! * scale.reshape(-1, 1, 1, 1);
        return nn.functional.conv2d(input, filters, norm.bias! - (norm.running_mean! * scale), convolution.stride, convolution.padding);
    }
}
