using Maep.Networks.Classifiers;

namespace Maep.Export.Formats;

/// <summary><see cref="FastConvNet"/> in a file.</summary>
internal sealed class FastConvNetFormat() : ClassifierFormat<FastConvNet, NormalizedOptions<FastConvNetOptions>>("fast-convnet")
{
    /// <inheritdoc/>
    protected override NormalizedOptions<FastConvNetOptions> Options(FastConvNet network) => new(network.Options, network.Normalization);

    /// <inheritdoc/>
    protected override FastConvNet Create(NormalizedOptions<FastConvNetOptions> options) => new(options.Network, options.Normalization);

    /// <inheritdoc/>
    protected override int? Size(FastConvNet network) => 32;

    /// <inheritdoc/>
    protected override int Classes(FastConvNet network) => network.Options.Classes;

    /// <inheritdoc/>
    protected override string Emit(FastConvNet network, OnnxGraph graph, string images)
    {
        var x = graph.Gelu(graph.Conv(Normalize(graph, images, network.Normalization), "whiten"));
        for (var index = 0; index < network.Options.Widths.Count; index++)
        {
            var stage = $"stages.{index}";
            x = graph.MaxPool(graph.Conv(x, $"{stage}.conv1", padding: 1), 2);
            x = graph.Gelu(graph.BatchNormalization(x, $"{stage}.bn1"));
            x = graph.Gelu(graph.BatchNormalization(graph.Conv(x, $"{stage}.conv2", padding: 1), $"{stage}.bn2"));
        }
        return graph.Multiply(graph.Gemm(graph.GlobalMaxPool(x), "head"), graph.Scalar((float)network.Options.LogitScale));
    }
}
