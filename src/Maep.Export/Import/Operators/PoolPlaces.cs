using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Max pooling that also says where each maximum stood.</summary>
internal static class PoolPlaces
{
    /// <summary>Maxima, and their places counted through the whole input [N, C, H, W].</summary>
    /// <param name="call">Attribute storage_order: 1 counts columns before rows.</param>
    /// <param name="x">[N, C, L] or [N, C, H, W].</param>
    /// <param name="window">The window, all its padding included.</param>
    /// <param name="whole">Whether the input holds whole numbers.</param>
    public static Tensor?[] MaxPool(OperatorCall call, Tensor x, Window window, bool whole)
    {
        var line = x.dim() == 3;
        if (x.dim() > 4)
            throw call.Fault("asks for the places of maxima over three axes; one or two are supported");
        var plane = line ? x.unsqueeze(2) : x;
        var (kernel, strides, dilations) = line ? ([1, window.Kernel[0]], [1, window.Strides[0]], [1, window.Dilations[0]]) : (window.Kernel, window.Strides, window.Dilations);
        var (top, left) = line ? (0, window.Begin[0]) : (window.Begin[0], window.Begin[1]);
        var padded = window.Pad(call, x, double.NegativeInfinity);
        padded = line ? padded.unsqueeze(2) : padded;
        var (pooled, places) = nn.functional.max_pool2d_with_indices(padded, kernel, strides, dilation: dilations);
        var columns = padded.shape[3];
        var (row, column) = (places.div(columns, RoundingMode.floor) - top, places.remainder(columns) - left);
        var (height, width) = (plane.shape[2], plane.shape[3]);
        var within = call.Int("storage_order", 0) == 0 ? row * width + column : column * height + row;
        var planes = arange(plane.shape[0] * plane.shape[1], device: x.device).reshape(plane.shape[0], plane.shape[1], 1, 1) * (height * width);
        var (values, all) = line ? (pooled.squeeze(2), (within + planes).squeeze(2)) : (pooled, within + planes);
        return [whole ? values.to(call.X.dtype) : values, all];
    }
}
