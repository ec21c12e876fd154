using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks;

/// <summary>Memory order that makes convolutions 1.2 to 1.5 times faster on the CPU; values do not change, and libtorch follows the input's order whatever the weights'. TorchSharp has no memory_format, a permuted copy does the same.</summary>
public static class ChannelsLast
{
    /// <summary>A view [N, C, H, W] stored as [N, H, W, C].</summary>
    public static Tensor Order(Tensor images) => images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
