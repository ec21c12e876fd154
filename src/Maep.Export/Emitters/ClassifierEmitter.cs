using System.Globalization;
using Maep.Networks.Classifiers;

namespace Maep.Export.Emitters;

/// <summary>Writes the classifiers, their normalisation inside.</summary>
internal sealed class ClassifierEmitter(OnnxGraph graph)
{
    public string Emit(string images, CifarResNet network)
    {
        var x = Normalize(images, network.Normalization);
        x = graph.Relu(graph.BatchNormalization(graph.Conv(x, "conv1", padding: 1), "bn1"));
        var blocks = (network.Depth - 2) / 6;
        for (var stage = 1; stage <= 3; stage++)
        {
            for (var index = 0; index < blocks; index++)
                x = ResidualBlock(x, $"layer{stage}.{index.ToString(CultureInfo.InvariantCulture)}", shrink: stage > 1 && index == 0, paddedChannels: 4 << (stage - 1));
        }
        return graph.Gemm(graph.GlobalAveragePool(x), "linear");
    }

    public string Emit(string images, FastConvNet network)
    {
        var x = graph.Gelu(graph.Conv(Normalize(images, network.Normalization), "whiten"));
        for (var index = 0; index < network.Options.Widths.Count; index++)
        {
            var stage = $"stages.{index}";
            x = graph.MaxPool(graph.Conv(x, $"{stage}.conv1", padding: 1), 2);
            x = graph.Gelu(graph.BatchNormalization(x, $"{stage}.bn1"));
            x = graph.Gelu(graph.BatchNormalization(graph.Conv(x, $"{stage}.conv2", padding: 1), $"{stage}.bn2"));
        }
        return graph.Multiply(graph.Gemm(graph.GlobalMaxPool(x), "head"), graph.Scalar((float)network.Options.LogitScale));
    }

    private string ResidualBlock(string x, string block, bool shrink, int paddedChannels)
    {
        var branch = graph.Relu(graph.BatchNormalization(graph.Conv(x, $"{block}.conv1", shrink ? 2 : 1, padding: 1), $"{block}.bn1"));
        branch = graph.BatchNormalization(graph.Conv(branch, $"{block}.conv2", padding: 1), $"{block}.bn2");
        var shortcut = shrink ? graph.PadChannels(graph.Subsample(x, 2), paddedChannels) : x;
        return graph.Relu(graph.Add(branch, shortcut));
    }

    private string Normalize(string images, PixelNormalization normalization)
    {
        var centred = graph.Subtract(images, graph.Constant("mean", normalization.Mean, 1, 3, 1, 1));
        return graph.Divide(centred, graph.Constant("deviation", normalization.Deviation, 1, 3, 1, 1));
    }
}
