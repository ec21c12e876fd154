using System.Security.Cryptography;
using Google.Protobuf;
using Maep.Export.Import;
using Maep.Export.Proto;
using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Networks.Purifiers;
using Maep.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Tests;

public sealed class ModelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Networks.All), MemberType = typeof(Networks))]
    public void An_exported_file_opens_as_the_same_network_bit_for_bit(string name)
    {
        using var network = Networks.Create(name);
        using var images = Networks.Images(network, 5);
        var path = Export(network);

        var file = ModelFile.Open(path);

        Assert.Equal(network.GetType(), file.Network.GetType());
        Assert.False(file.Network.training);
        Assert.DoesNotContain(file.Network.parameters(), parameter => parameter.requires_grad);
        Assert.Equal(Networks.Values(network.call(images)), Networks.Values(file.Network.call(images)));
        Assert.Equal("tiny", file.Metadata["maep.name"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), file.Sha256);
    }

    [Fact]
    public void An_opened_network_passes_gradients_to_the_image()
    {
        using var scope = NewDisposeScope();
        using var network = Networks.Create("mae-stem");
        var file = ModelFile.Open(Export(network));
        var images = Networks.Images(network, 2).requires_grad_();

        file.Network.call(images).sum().backward();

        Assert.Contains(Networks.Values(images.grad!), slope => slope != 0);
    }

    [Fact]
    public void An_opened_file_exports_to_the_same_bytes()
    {
        using var network = Networks.Create("resnet-20");
        var path = Export(network);

        var again = OnnxExporter.ToBytes(ModelFile.Open(path).Network, Networks.Facts);

        Assert.Equal(File.ReadAllBytes(path), again);
    }

    [Fact]
    public void Published_safetensors_open_as_a_resnet_without_metadata()
    {
        using var network = Networks.Create("resnet-20");
        using var images = Networks.Images(network, 3);
        var path = _folder.File("resnet20.safetensors");
        SafeTensors.Save(path, NamedWeights.Of(network), new Dictionary<string, string>());

        var file = ModelFile.Open(path);

        Assert.IsType<CifarResNet>(file.Network);
        Assert.Empty(file.Metadata);
        Assert.Equal(Networks.Values(network.call(images)), Networks.Values(file.Network.call(images)));
    }

    [Fact]
    public void A_purifier_opens_by_name_with_a_digest_of_its_own()
    {
        var (usual, spelled, other) = (ModelFile.OpenPurifier("jpeg"), ModelFile.OpenPurifier("jpeg:75"), ModelFile.OpenPurifier("jpeg:30"));

        Assert.Equal("jpeg:75", Assert.IsType<JpegCompression>(usual.Network).Name);
        Assert.Equal(usual.Sha256, spelled.Sha256);
        Assert.NotEqual(usual.Sha256, other.Sha256);
        Assert.Equal(("jpeg-75", "maep"), (ModelFile.Stem("jpeg"), ModelFile.Stem("models/maep.onnx")));
    }

    [Fact]
    public void What_is_neither_a_purifier_by_name_nor_a_file_is_refused_with_what_there_is()
    {
        var error = Assert.Throws<FileNotFoundException>(() => ModelFile.OpenPurifier("blur:3"));

        Assert.StartsWith("'blur:3' does not exist; give a purifier file (.onnx of `maep export`), or one by name: jpeg[:quality, 75]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_is_refused_as_a_purifier()
    {
        using var network = Networks.Create("resnet-20");
        var path = Export(network);

        var error = Assert.Throws<InvalidDataException>(() => ModelFile.OpenPurifier(path));

        Assert.StartsWith($"{path}: holds a classifier; give a purifier file", error.Message, StringComparison.Ordinal);
        Assert.Null(ModelFile.Open(path).Purifier);
    }

    [Fact]
    public void A_missing_file_is_named_with_what_to_give()
    {
        var path = _folder.File("missing.onnx");

        var error = Assert.Throws<FileNotFoundException>(() => ModelFile.Open(path));

        Assert.Equal($"'{path}' does not exist; give a model file (.onnx of `maep export`, an image classifier as .onnx, or PyTorch weights as .pt, .pth or .safetensors).", error.Message);
        Assert.Equal(path, error.FileName);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.9999)]
    public void A_truncated_file_is_refused_with_its_path(double share)
    {
        using var network = Networks.Create("mae-plain");
        var path = Export(network);
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(int)(share * whole.Length)]);

        var error = Assert.Throws<InvalidDataException>(() => ModelFile.Open(path));

        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("`maep export`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_inside_its_weights_is_called_incomplete()
    {
        using var network = Networks.Create("mae-plain");
        var path = Export(network);
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length / 2)]);

        var error = Assert.Throws<InvalidDataException>(() => ModelFile.Open(path));

        Assert.Equal($"{path}: not a complete ONNX file ({whole.Length / 2} bytes); export it again, with `maep export` if it is one of ours.", error.Message);
    }

    [Theory]
    [InlineData("resnet-20")]
    [InlineData("fast-convnet")]
    [InlineData("resnet-basic")]
    [InlineData("resnet-bottleneck")]
    [InlineData("preact-resnet")]
    [InlineData("preact-resnet-v1")]
    [InlineData("wide-resnet")]
    public void A_classifier_without_metadata_opens_from_its_graph_with_the_same_logits_and_gradients(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Networks.Create(name);
        var model = ModelProto.Parser.ParseFrom(OnnxExporter.ToBytes(network, Networks.Facts));
        model.MetadataProps.Clear();
        var path = _folder.File("of-others.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        var opened = ModelFile.Open(path).Network;

        Assert.IsType<ImportedNetwork>(opened);
        var (expected, actual) = (Gradient(network), Gradient(opened));
        Assert.InRange((expected.Logits - actual.Logits).abs().max().item<float>(), 0, 1e-4 * expected.Logits.abs().max().item<float>());
        Assert.InRange((expected.Slope - actual.Slope).abs().max().item<float>(), 0, 1e-4 * expected.Slope.abs().max().item<float>());

        (Tensor Logits, Tensor Slope) Gradient(nn.Module<Tensor, Tensor> module)
        {
            var images = Networks.Images(network, 3).requires_grad_();
            var logits = module.call(images);
            return (logits.detach(), autograd.grad([logits.square().sum()], [images])[0]);
        }
    }

    [Fact]
    public void A_purifier_without_metadata_is_refused_as_no_classifier()
    {
        var path = Change(model => model.MetadataProps.Clear());

        var error = Assert.Throws<InvalidDataException>(() => ModelFile.Open(path));

        Assert.Equal($"{path}: 1 images give an output [1, 3, 8, 8]; a classifier gives one score for each class, [N, K]. Detectors, segmentations and purifiers of others cannot be opened.", error.Message);
    }

    [Fact]
    public void A_network_of_a_later_version_is_refused_with_the_known_ones()
    {
        var path = Change(model => model.MetadataProps.Single(pair => pair.Key == "maep.network").Value = "diffusion");

        var error = Assert.Throws<InvalidDataException>(() => ModelFile.Open(path));

        Assert.Equal($"{path}: network type 'diffusion' is not known to this version; masked-autoencoder, disco, named-purifier, cifar-resnet, fast-convnet, resnet and preact-resnet are.", error.Message);
    }

    [Theory]
    [InlineData("masked-autoencoder", "{")]
    [InlineData("masked-autoencoder", "{\"layers\":3}")]
    [InlineData("masked-autoencoder", "{\"patchSize\":3}")]
    [InlineData("named-purifier", "{\"name\":\"blur:3\"}")]
    [InlineData("cifar-resnet", "{}")]
    [InlineData("fast-convnet", "{}")]
    public void Options_that_make_no_network_are_refused(string type, string options)
    {
        var path = Change(model =>
        {
            model.MetadataProps.Single(pair => pair.Key == "maep.network").Value = type;
            model.MetadataProps.Single(pair => pair.Key == "maep.options").Value = options;
        });

        var error = Assert.Throws<InvalidDataException>(() => ModelFile.Open(path));

        Assert.StartsWith($"{path}: its network options cannot be used: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_one_of_its_weights_is_refused_and_not_filled_with_random_ones()
    {
        var path = Change(model => model.Graph.Initializer.Remove(model.Graph.Initializer.Single(weight => weight.Name == "blocks.0.qkv.weight")));

        var error = Assert.Throws<InvalidDataException>(() => ModelFile.Open(path));

        Assert.StartsWith($"{path}: tensor 'blocks.0.qkv.weight' is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_onnx_file_called_safetensors_is_refused()
    {
        using var network = Networks.Create("mae-plain");
        var path = _folder.File("model.safetensors");
        File.WriteAllBytes(path, OnnxExporter.ToBytes(network, Networks.Facts));

        var error = Assert.Throws<InvalidDataException>(() => ModelFile.Open(path));

        Assert.StartsWith($"{path}: not a complete safetensors file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("weights.onnx", "not a complete ONNX file")]
    [InlineData("weights.pt", "not a state dictionary of PyTorch")]
    public void Safetensors_called_something_else_are_refused(string name, string reason)
    {
        using var network = Networks.Create("resnet-20");
        var path = _folder.File(name);
        SafeTensors.Save(path, NamedWeights.Of(network), new Dictionary<string, string>());

        var error = Assert.Throws<InvalidDataException>(() => ModelFile.Open(path));

        Assert.StartsWith($"{path}: {reason}", error.Message, StringComparison.Ordinal);
    }

    private string Export(nn.Module<Tensor, Tensor> network)
    {
        var path = _folder.File("model.onnx");
        OnnxExporter.Export(network, Networks.Facts, path);
        return path;
    }

    private string Change(Action<ModelProto> change)
    {
        using var network = Networks.Create("mae-plain");
        var model = ModelProto.Parser.ParseFrom(OnnxExporter.ToBytes(network, Networks.Facts));
        change(model);
        var path = _folder.File("changed.onnx");
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }
}
