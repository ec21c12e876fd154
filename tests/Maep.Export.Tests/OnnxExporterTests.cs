using Maep.Export.Proto;
using Maep.Networks.Purifiers;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Tests;

public sealed class OnnxExporterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Networks.All), MemberType = typeof(Networks))]
    public void Onnx_runtime_computes_what_torchsharp_computes(string name)
    {
        using var network = Networks.Create(name);

        var difference = OnnxExporter.Export(network, Networks.Facts, _folder.File("model.onnx"));

        Assert.InRange(difference, 0, ParityCheck.Tolerance);
        Assert.True(File.Exists(_folder.File("model.onnx")));
        Assert.False(File.Exists(_folder.File("model.onnx.tmp")));
    }

    [Theory]
    [InlineData("mae-plain", "maep.purified", new[] { -1, 3, 8, 8 }, new[] { -1, 3, 8, 8 })]
    [InlineData("mae-patch-4", "maep.purified", new[] { -1, 3, 16, 16 }, new[] { -1, 3, 16, 16 })]
    [InlineData("resnet-20", "maep.logits", new[] { -1, 3, 32, 32 }, new[] { -1, 7 })]
    [InlineData("fast-convnet", "maep.logits", new[] { -1, 3, 32, 32 }, new[] { -1, 5 })]
    [InlineData("resnet-bottleneck", "maep.logits", new[] { -1, 3, -1, -1 }, new[] { -1, 6 })]
    [InlineData("wide-resnet", "maep.logits", new[] { -1, 3, -1, -1 }, new[] { -1, 5 })]
    [InlineData("disco", "maep.purified", new[] { -1, 3, -1, -1 }, new[] { -1, 3, -1, -1 })]
    [InlineData("median:3", "maep.purified", new[] { -1, 3, -1, -1 }, new[] { -1, 3, -1, -1 })]
    public void Tensors_have_the_names_and_shapes_of_the_model_format(string name, string output, int[] inputShape, int[] outputShape)
    {
        using var network = Networks.Create(name);

        using var session = new InferenceSession(OnnxExporter.ToBytes(network, Networks.Facts));

        Assert.Equal(("maep.image", output), (session.InputNames.Single(), session.OutputNames.Single()));
        Assert.Equal(inputShape, session.InputMetadata["maep.image"].Dimensions);
        Assert.Equal(outputShape, session.OutputMetadata[output].Dimensions);
        Assert.Equal((typeof(float), typeof(float)), (session.InputMetadata["maep.image"].ElementType, session.OutputMetadata[output].ElementType));
    }

    [Theory]
    [InlineData("mae-stem", "purifier", "masked-autoencoder")]
    [InlineData("resnet-20", "classifier", "cifar-resnet")]
    [InlineData("fast-convnet", "classifier", "fast-convnet")]
    [InlineData("resnet-basic", "classifier", "resnet")]
    [InlineData("preact-resnet-v1", "classifier", "preact-resnet")]
    public void The_file_says_what_it_is(string name, string kind, string type)
    {
        using var network = Networks.Create(name);

        using var session = new InferenceSession(OnnxExporter.ToBytes(network, Networks.Facts));

        var facts = session.ModelMetadata.CustomMetadataMap;
        Assert.Equal((kind, type), (facts["maep.kind"], facts["maep.network"]));
        Assert.Equal(("tiny", "1.2.3", "cifar10-train"), (facts["maep.name"], facts["maep.version"], facts["maep.training-set"]));
        Assert.Equal(("8/255", "0.25"), (facts["maep.epsilon"], facts["maep.masking-ratio"]));
        Assert.Equal(("0123456789ab", "{\"name\":\"tiny\"}"), (facts["maep.recipe-hash"], facts["maep.recipe"]));
        Assert.Equal(kind == "purifier", facts.ContainsKey("maep.patch"));
    }

    [Fact]
    public void A_classifier_without_a_budget_says_none()
    {
        using var network = Networks.Create("fast-convnet");

        using var session = new InferenceSession(OnnxExporter.ToBytes(network, Networks.Facts with { EpsilonOver255 = null, MaskingRatio = null }));

        Assert.DoesNotContain("maep.epsilon", session.ModelMetadata.CustomMetadataMap.Keys);
        Assert.DoesNotContain("maep.masking-ratio", session.ModelMetadata.CustomMetadataMap.Keys);
    }

    [Fact]
    public void The_operator_set_is_the_one_with_attention_and_weights_keep_their_names()
    {
        using var network = Networks.Create("mae-plain");

        var model = ModelProto.Parser.ParseFrom(OnnxExporter.ToBytes(network, Networks.Facts));

        Assert.Equal(23, Assert.Single(model.OpsetImport).Version);
        Assert.Equal(3, model.Graph.Node.Count(node => node.OpType == "Attention"));
        Assert.Contains(model.Graph.Initializer, weight => weight.Name == "blocks.0.qkv.weight");
        Assert.DoesNotContain(model.Graph.Initializer, weight => weight.Name == "mask_token");
    }

    [Fact]
    public void The_same_network_gives_the_same_bytes()
    {
        using var network = Networks.Create("mae-stem");

        var (first, second) = (OnnxExporter.ToBytes(network, Networks.Facts), OnnxExporter.ToBytes(network, Networks.Facts));

        Assert.Equal(first, second);
    }

    [Fact]
    public void A_network_without_an_exporter_is_refused_and_nothing_is_written()
    {
        using var network = nn.Conv2d(3, 3, 1);

        var error = Assert.Throws<ArgumentException>(() => OnnxExporter.Export(network, Networks.Facts, _folder.File("model.onnx")));

        Assert.Contains("No exporter for a Conv2d; MaskedAutoencoder, Disco, UntrainedPurifier, CifarResNet, FastConvNet, ResNet and PreActResNet can be exported.", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("model.onnx")));
    }

    [Theory]
    [InlineData("jpeg:75")]
    [InlineData("resize-pad:0.9")]
    public void A_purifier_that_onnx_operators_cannot_make_is_refused(string name)
    {
        using var purifier = NamedPurifiers.Create(name)!;

        var error = Assert.Throws<ArgumentException>(() => OnnxExporter.Export(purifier, Networks.Facts, _folder.File("model.onnx")));

        Assert.StartsWith($"'{name}' cannot be written as ONNX", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("model.onnx")));
    }

    [Fact]
    public void A_network_that_the_file_does_not_reproduce_is_refused_and_nothing_is_written()
    {
        var path = _folder.File("model.onnx");
        using var network = Networks.Create("fast-convnet");
        network.train(); // normalises by the batch, which a file cannot

        var error = Assert.Throws<InvalidOperationException>(() => OnnxExporter.Export(network, Networks.Facts, path));

        Assert.StartsWith($"{path}: ONNX Runtime differs from TorchSharp by ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was written.", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }
}
