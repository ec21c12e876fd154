using Maep.Networks.Classifiers;

namespace Maep.Export.Formats;

/// <summary><see cref="ResNet"/> in a file, for images of any size.</summary>
internal sealed class ResNetFormat() : ClassifierFormat<ResNet, NormalizedOptions<ResNetOptions>>("resnet")
{
    /// <inheritdoc/>
    protected override NormalizedOptions<ResNetOptions> Options(ResNet network) => new(network.Options, network.Normalization);

    /// <inheritdoc/>
    protected override ResNet Create(NormalizedOptions<ResNetOptions> options) => new(options.Network, options.Normalization);

    /// <inheritdoc/>
    protected override int? Size(ResNet network) => null;

    /// <inheritdoc/>
    protected override int Classes(ResNet network) => network.Options.Classes;

    /// <inheritdoc/>
    protected override string Emit(ResNet network, OnnxGraph graph, string images)
    {
        var (options, x) = (network.Options, Normalize(graph, images, network.Normalization));
        x = graph.Conv(x, "conv1", options.ImageNetStem ? 2 : 1, padding: options.ImageNetStem ? 3 : 1);
        x = graph.Relu(graph.BatchNormalization(x, "bn1"));
        if (options.ImageNetStem)
            x = graph.MaxPool(x, 3, stride: 2, padding: 1);
        foreach (var (stage, blocks) in options.Blocks.Index())
        {
            for (var index = 0; index < blocks; index++)
                x = Block(graph, x, $"layer{stage + 1}.{index}", index == 0 && stage > 0 ? 2 : 1, options.Bottleneck, widens: index == 0 && (stage > 0 || options.Bottleneck));
        }
        return graph.Gemm(graph.GlobalAveragePool(x), "linear");
    }

    private static string Block(OnnxGraph graph, string x, string block, int stride, bool bottleneck, bool widens)
    {
        (int Stride, int Padding)[] convolutions = bottleneck ? [(1, 0), (stride, 1), (1, 0)] : [(stride, 1), (1, 1)];
        var branch = x;
        foreach (var (index, layer) in convolutions.Index())
        {
            branch = graph.Conv(index == 0 ? branch : graph.Relu(branch), $"{block}.conv{index + 1}", layer.Stride, layer.Padding);
            branch = graph.BatchNormalization(branch, $"{block}.bn{index + 1}");
        }
        var shortcut = widens ? graph.BatchNormalization(graph.Conv(x, $"{block}.shortcut.0", stride), $"{block}.shortcut.1") : x;
        return graph.Relu(graph.Add(branch, shortcut));
    }
}
