using Google.Protobuf;
using Maep.Export.Tests.Import;
using Maep.Networks;
using Maep.Networks.Classifiers;
using static TorchSharp.torch;

namespace Maep.Export.Tests;

/// <summary>What the file of a classifier does not tell, said beside it.</summary>
public sealed class ClassifierFormTests : IDisposable
{
    private static readonly PixelNormalization Asked = new([0.4f, 0.5f, 0.6f], [0.2f, 0.25f, 0.3f]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_imported_classifier_gets_the_images_that_it_wants_and_the_note_says_so()
    {
        using var scope = NewDisposeScope();
        var path = _folder.Write(TinyClassifier.Model().ToByteArray(), "others.onnx");
        var images = rand(2, 3, 8, 8);

        var (plain, asked) = (ModelFile.Open(path), ModelFile.Open(path, new ClassifierForm(Normalization: Asked)));

        Assert.Equal(plain.Network.call(Asked.Apply(images)).data<float>().ToArray(), asked.Network.call(images).data<float>().ToArray());
        Assert.StartsWith("Images are normalised as asked: mean 0.4, 0.5, 0.6 and standard deviation 0.2, 0.25, 0.3.", asked.Notes, StringComparison.Ordinal);
        Assert.Equal(plain.Sha256, asked.Sha256);
    }

    [Fact]
    public void Blue_comes_first_where_it_is_asked_for()
    {
        using var scope = NewDisposeScope();
        var path = _folder.Write(TinyClassifier.Model().ToByteArray(), "others.onnx");
        var images = rand(2, 3, 8, 8);

        var (plain, asked) = (ModelFile.Open(path), ModelFile.Open(path, new ClassifierForm(Normalization: Asked, BlueFirst: true)));

        Assert.Equal(plain.Network.call(Asked.Apply(images).flip(1)).data<float>().ToArray(), asked.Network.call(images).data<float>().ToArray());
        Assert.Contains("It takes blue, green, red.", asked.Notes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_of_grey_images_sees_the_luma_of_colours()
    {
        using var scope = NewDisposeScope();
        var model = TestGraph.Model(13, TestGraph.Value("x", TestGraph.FloatType, 0, 1, 2, 2), ["y"], [TestGraph.Node("Flatten", ["x"], ["y"])]);
        var path = _folder.Write(model.ToByteArray(), "grey.onnx");
        var images = rand(3, 3, 2, 2);

        var file = ModelFile.Open(path);

        var luma = (0.299 * images.select(1, 0)) + (0.587 * images.select(1, 1)) + (0.114 * images.select(1, 2));
        Assert.True(file.Network.call(images).allclose(luma.flatten(1), rtol: 0, atol: 1e-6));
        Assert.Contains("luma", file.Notes, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ModelFile.Open(path, new ClassifierForm(BlueFirst: true)));
    }

    [Fact]
    public void Weights_open_as_the_network_that_they_belong_to()
    {
        using var scope = NewDisposeScope();
        using var network = Networks.Create("resnet-20");
        var path = _folder.File("weights.safetensors");
        SafeTensors.Save(path, NamedWeights.Of(network), new Dictionary<string, string>());
        var images = rand(2, 3, 32, 32);

        var file = ModelFile.Open(path, new ClassifierForm("cifar-resnet-20"));

        Assert.Equal(network.call(images).data<float>().ToArray(), file.Network.call(images).data<float>().ToArray());
        Assert.StartsWith("cifar-resnet-20; mean 0.485, 0.456, 0.406", file.Notes, StringComparison.Ordinal);
        Assert.All(file.Network.parameters(), parameter => Assert.False(parameter.requires_grad));
    }

    [Fact]
    public void A_file_of_ours_normalises_by_itself()
    {
        using var network = Networks.Create("resnet-20");
        var path = _folder.File("ours.onnx");
        OnnxExporter.Export(network, Networks.Facts, path);

        var error = Assert.Throws<ArgumentException>(() => ModelFile.Open(path, new ClassifierForm(Normalization: Asked)));

        Assert.Equal($"{path}: a file of maep export takes RGB and normalises images itself; leave mean, standard deviation and the order of colours out.", error.Message);
    }

    [Fact]
    public void An_architecture_is_for_weights_only()
    {
        var path = _folder.Write(TinyClassifier.Model().ToByteArray(), "others.onnx");

        var error = Assert.Throws<ArgumentException>(() => ModelFile.Open(path, new ClassifierForm("wrn-28-10")));

        Assert.Contains("leave 'wrn-28-10' out", error.Message, StringComparison.Ordinal);
    }
}
