using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>Range that a layer's output is cut to. An activation such as ReLU6, or the range that a quantised network can express.</summary>
/// <param name="Low">Least value.</param>
/// <param name="High">Greatest value.</param>
public readonly record struct OutputRange(double Low, double High)
{
    /// <summary>Cuts values; the gradient of those outside is 0.</summary>
    /// <param name="values">Of any shape; the caller keeps it.</param>
    public Tensor Cut(Tensor values) => values.clamp(Low, High);
}
