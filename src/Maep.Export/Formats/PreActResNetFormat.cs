using Maep.Networks.Classifiers;

namespace Maep.Export.Formats;

/// <summary><see cref="PreActResNet"/> in a file, wide residual networks among them, for images of any size.</summary>
internal sealed class PreActResNetFormat() : ClassifierFormat<PreActResNet, NormalizedOptions<PreActResNetOptions>>("preact-resnet")
{
    /// <inheritdoc/>
    protected override NormalizedOptions<PreActResNetOptions> Options(PreActResNet network) => new(network.Options, network.Normalization);

    /// <inheritdoc/>
    protected override PreActResNet Create(NormalizedOptions<PreActResNetOptions> options) => new(options.Network, options.Normalization);

    /// <inheritdoc/>
    protected override int? Size(PreActResNet network) => null;

    /// <inheritdoc/>
    protected override int Classes(PreActResNet network) => network.Options.Classes;

    /// <inheritdoc/>
    protected override string Emit(PreActResNet network, OnnxGraph graph, string images)
    {
        var options = network.Options;
        var x = graph.Conv(Normalize(graph, images, network.Normalization), "conv1", padding: 1);
        var channels = options.StemWidth;
        foreach (var (stage, blocks) in options.Blocks.Index())
        {
            for (var index = 0; index < blocks; index++)
            {
                var stride = index == 0 && stage > 0 ? 2 : 1;
                x = Block(graph, x, $"layer{stage + 1}.{index}", stride, widens: stride > 1 || channels != options.Widths[stage], options.ShortcutBeforeActivation);
                channels = options.Widths[stage];
            }
        }
        if (options.FinalNorm)
            x = graph.Relu(graph.BatchNormalization(x, "bn"));
        return graph.Gemm(graph.GlobalAveragePool(x), "linear");
    }

    private static string Block(OnnxGraph graph, string x, string block, int stride, bool widens, bool beforeActivation)
    {
        var active = graph.Relu(graph.BatchNormalization(x, $"{block}.bn1"));
        var branch = graph.Relu(graph.BatchNormalization(graph.Conv(active, $"{block}.conv1", stride, padding: 1), $"{block}.bn2"));
        branch = graph.Conv(branch, $"{block}.conv2", padding: 1);
        var shortcut = widens ? graph.Conv(beforeActivation ? x : active, $"{block}.shortcut.0", stride) : x;
        return graph.Add(branch, shortcut);
    }
}
