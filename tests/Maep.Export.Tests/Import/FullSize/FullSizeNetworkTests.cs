using Maep.Export.Import;
using Maep.Export.Proto;
using Maep.Networks.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import.FullSize;

/// <summary>
/// Whole architectures in all their layers, with random weights: a file without our metadata, opened as anybody's, gives the scores and input gradients of the
/// TorchSharp network that it was written from. The scores are those of ONNX Runtime, too, which every opening compares.
/// </summary>
public sealed class FullSizeNetworkTests
{
    // Shares of the largest value: rounding alone, which is a tenth of this.
    private const double Scores = 1e-5, Gradients = 1e-4;

    public static TheoryData<string, int> Exported => new()
    {
        { "wrn-16-4", 32 },
        { "wrn-28-10", 32 },
        { "preact-resnet-18", 32 },
        { "resnet-18", 32 },
        { "resnet-50", 64 },
    };

    [Theory, MemberData(nameof(Exported))]
    public void An_exported_classifier_opens_as_one_of_others(string name, int side)
    {
        using var network = Create(name);
        Networks.Randomize(network);
        network.eval();
        var model = ModelProto.Parser.ParseFrom(OnnxExporter.ToBytes(network, Networks.Facts));
        model.MetadataProps.Clear();
        foreach (var axis in new[] { 2, 3 })
            model.Graph.Input[0].Type.TensorType.Shape.Dim[axis] = new TensorShapeProto.Types.Dimension { DimValue = side };

        Compare(network, model, side);
    }

    [Fact]
    public void A_MobileNetV2_of_others_opens() => Compare(new MobileNetV2(), network => network.Graph(64));

    [Fact]
    public void A_ViT_of_others_opens() => Compare(new VisionTransformerTiny(64), network => network.Graph(64));

    [Fact]
    public void A_ConvNeXt_of_others_opens() => Compare(new ConvNextAtto(), network => network.Graph(64));

    private static nn.Module<Tensor, Tensor> Create(string name) => name switch
    {
        "wrn-16-4" => new PreActResNet(new PreActResNetOptions { StemWidth = 16, Widths = [64, 128, 256], Blocks = [2, 2, 2], FinalNorm = true }, PixelNormalization.Cifar10),
        "wrn-28-10" => new PreActResNet(new PreActResNetOptions { StemWidth = 16, Widths = [160, 320, 640], Blocks = [4, 4, 4], FinalNorm = true }),
        "preact-resnet-18" => new PreActResNet(new PreActResNetOptions()),
        "resnet-18" => new ResNet(new ResNetOptions(), PixelNormalization.Cifar10),
        _ => new ResNet(new ResNetOptions { Blocks = [3, 4, 6, 3], Bottleneck = true, ImageNetStem = true, Classes = 1000 }, PixelNormalization.ImageNet),
    };

    private static void Compare<TNetwork>(TNetwork network, Func<TNetwork, ModelProto> graph) where TNetwork : nn.Module<Tensor, Tensor>
    {
        using (network)
        {
            Networks.Randomize(network);
            network.eval();
            Compare(network, graph(network), 64);
        }
    }

    private static void Compare(nn.Module<Tensor, Tensor> network, ModelProto model, long side)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(5);
        var images = rand([1, 3, side, side], generator: random);

        using var opened = OnnxImporter.Open(model, "of-others.onnx", null);

        var (expected, actual) = (Ask(network, images), Ask(opened, images));
        Assert.InRange(Difference(expected.Scores, actual.Scores), 0, Scores);
        Assert.InRange(Difference(expected.Gradient, actual.Gradient), 0, Gradients);
    }

    // The gradient of random weights on the scores: one that all of them take part in, and none cancels.
    private static (Tensor Scores, Tensor Gradient) Ask(nn.Module<Tensor, Tensor> network, Tensor images)
    {
        var leaf = images.detach().requires_grad_();
        var scores = network.call(leaf);
        using var random = new Generator(9);
        return (scores.detach(), autograd.grad([(scores * randn(scores.shape, generator: random)).sum()], [leaf])[0]);
    }

    // As a share of the largest value.
    private static double Difference(Tensor expected, Tensor actual) => ((expected - actual).abs().max() / expected.abs().max()).item<float>();
}
