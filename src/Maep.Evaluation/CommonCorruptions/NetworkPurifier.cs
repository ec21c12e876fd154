using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A purifier as a TorchSharp module that takes images of any size, such as those of <see cref="Networks.Purifiers.NamedPurifiers"/>.</summary>
/// <param name="network">[N, 3, H, W] in [0, 1] to the same, in evaluation mode; disposed with this.</param>
/// <param name="height">Rows of the images.</param>
/// <param name="width">Columns of the images.</param>
public sealed class NetworkPurifier(nn.Module<Tensor, Tensor> network, int height, int width) : IImagePurifier
{
    /// <inheritdoc/>
    public string Name => network.GetName();

    /// <inheritdoc/>
    public string Description => $"{Name} on whole images";

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Purify(IReadOnlyList<float[]> images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var purified = network.call(tensor([.. images.SelectMany(image => image)], [images.Count, 3, height, width]));
        return [.. purified.contiguous().data<float>().ToArray().Chunk(3 * height * width)];
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();
}
