using Google.Protobuf;
using Maep.Export.Formats;
using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Networks.Purifiers;
using static TorchSharp.torch;

namespace Maep.Export;

/// <summary>Writes trained networks as ONNX files by the contract of docs/model-format.md.</summary>
public static class OnnxExporter
{
    /// <summary>Exports a network after comparing ONNX Runtime's output with TorchSharp's.</summary>
    /// <param name="network">A <see cref="MaskedAutoencoder"/>, a <see cref="Disco"/>, an <see cref="UntrainedPurifier"/> made of ONNX operators, a <see cref="CifarResNet"/>, <see cref="FastConvNet"/>, <see cref="ResNet"/> or <see cref="PreActResNet"/>, on the CPU and in evaluation mode.</param>
    /// <param name="facts">What the file says about itself.</param>
    /// <param name="path">File to write; complete or untouched.</param>
    /// <param name="precision">Of a purifier's numbers; classifiers have 32-bit floats.</param>
    /// <returns>Largest absolute difference found between ONNX Runtime and TorchSharp.</returns>
    /// <exception cref="ArgumentException">No exporter for this network, or not in this precision.</exception>
    /// <exception cref="InvalidOperationException">The two differ by more than <see cref="ParityCheck.Allowed"/>; nothing is written.</exception>
    public static double Export(nn.Module<Tensor, Tensor> network, ModelFacts facts, string path, WeightPrecision precision = WeightPrecision.Fp32)
    {
        var bytes = ToBytes(network, facts, precision);
        var allowed = ParityCheck.Allowed(precision);
        var difference = ParityCheck.LargestDifference(network, bytes);
        if (!(difference <= allowed))
            throw new InvalidOperationException($"{path}: ONNX Runtime differs from TorchSharp by {difference:E2}; at most {allowed:E2} is allowed. Nothing was written.");
        AtomicFile.Write(path, stream => stream.Write(bytes));
        return difference;
    }

    /// <summary>A network as ONNX bytes.</summary>
    /// <inheritdoc cref="Export"/>
    public static byte[] ToBytes(nn.Module<Tensor, Tensor> network, ModelFacts facts, WeightPrecision precision = WeightPrecision.Fp32)
    {
        var format = NetworkFormats.Of(network);
        if (precision != WeightPrecision.Fp32 && !format.AllowsSmallerNumbers)
            throw new ArgumentException($"Precision {precision} is for trained purifiers; export {network.GetName()} as {WeightPrecision.Fp32}.", nameof(precision));
        var (graph, metadata) = (new OnnxGraph(NamedWeights.Of(network)), facts.ToMetadata());
        format.Write(network, graph, metadata);
        metadata[OnnxNames.Precision] = precision.ToString().ToLowerInvariant();
        var model = graph.Build(metadata);
        PrecisionConversion.Apply(model, precision);
        return model.ToByteArray();
    }
}
