using Maep.Networks.Classifiers;

namespace Maep.Export.Formats;

/// <summary><see cref="CifarResNet"/> in a file.</summary>
internal sealed class CifarResNetFormat() : ClassifierFormat<CifarResNet, CifarResNetFormat.DepthOptions>("cifar-resnet")
{
    /// <param name="Depth">Weighted layers.</param>
    /// <param name="Classes">Number of classes.</param>
    /// <param name="Normalization">What it does to images first.</param>
    internal sealed record DepthOptions(int Depth, int Classes, PixelNormalization Normalization);

    /// <inheritdoc/>
    protected override DepthOptions Options(CifarResNet network) => new(network.Depth, network.Classes, network.Normalization);

    /// <inheritdoc/>
    protected override CifarResNet Create(DepthOptions options) => new(options.Depth, options.Classes, options.Normalization);

    /// <inheritdoc/>
    protected override int? Size(CifarResNet network) => 32;

    /// <inheritdoc/>
    protected override int Classes(CifarResNet network) => network.Classes;

    /// <inheritdoc/>
    protected override string Emit(CifarResNet network, OnnxGraph graph, string images)
    {
        var x = Normalize(graph, images, network.Normalization);
        x = graph.Relu(graph.BatchNormalization(graph.Conv(x, "conv1", padding: 1), "bn1"));
        var blocks = (network.Depth - 2) / 6;
        for (var stage = 1; stage <= 3; stage++)
        {
            for (var index = 0; index < blocks; index++)
                x = Block(graph, x, $"layer{stage}.{index}", shrink: stage > 1 && index == 0, paddedChannels: 4 << (stage - 1));
        }
        return graph.Gemm(graph.GlobalAveragePool(x), "linear");
    }

    private static string Block(OnnxGraph graph, string x, string block, bool shrink, int paddedChannels)
    {
        var branch = graph.Relu(graph.BatchNormalization(graph.Conv(x, $"{block}.conv1", shrink ? 2 : 1, padding: 1), $"{block}.bn1"));
        branch = graph.BatchNormalization(graph.Conv(branch, $"{block}.conv2", padding: 1), $"{block}.bn2");
        var shortcut = shrink ? graph.PadChannels(graph.Subsample(x, 2), paddedChannels) : x;
        return graph.Relu(graph.Add(branch, shortcut));
    }
}
