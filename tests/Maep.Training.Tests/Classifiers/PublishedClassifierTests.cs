using Maep.Networks;
using Maep.Networks.Classifiers;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Classifiers;

public sealed class PublishedClassifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("wrn-10-2")]
    [InlineData("preact-resnet-18")]
    [InlineData("preact-resnet-18-v1")]
    [InlineData("resnet-18")]
    [InlineData("cifar-resnet-8")]
    public void A_network_is_rebuilt_from_its_weights(string architecture)
    {
        using var scope = NewDisposeScope();
        using var saved = Network(architecture);
        RandomWeights.Fill(saved, seed: 1);
        saved.eval();
        var path = _folder.File("weights.safetensors");
        SafeTensors.Save(path, NamedWeights.Of(saved).Select(pair => KeyValuePair.Create($"module.{pair.Key}", pair.Value)), new Dictionary<string, string>());
        var images = rand(2, 3, 32, 32);

        var opened = PublishedClassifier.Open(path, new ClassifierForm(architecture));

        Assert.Equal(architecture, opened.Architecture);
        Assert.False(opened.Network.training);
        Assert.Equal(RandomWeights.Values(saved.call(images)), RandomWeights.Values(opened.Network.call(images)));
    }

    [Fact]
    public void Mean_and_standard_deviation_come_from_the_file_or_as_asked()
    {
        using var scope = NewDisposeScope();
        using var saved = Network("wrn-10-2");
        RandomWeights.Fill(saved, seed: 1);
        var path = _folder.File("weights.safetensors");
        var weights = NamedWeights.Of(saved).Select(pair => KeyValuePair.Create($"model.{pair.Key}", pair.Value));
        SafeTensors.Save(path, [.. weights, new("normalize.mean", tensor([0.1f, 0.2f, 0.3f], [1, 3, 1, 1])), new("normalize.std", ones(1, 3, 1, 1))], new Dictionary<string, string>());
        var asked = new PixelNormalization([0.5f, 0.5f, 0.5f], [0.25f, 0.25f, 0.25f]);

        var (own, other) = (PublishedClassifier.Open(path, new ClassifierForm()), PublishedClassifier.Open(path, new ClassifierForm(Normalization: asked)));

        Assert.Equal([0.1f, 0.2f, 0.3f], ((PreActResNet)own.Network).Normalization!.Mean);
        Assert.Contains("as the file says", own.Normalization, StringComparison.Ordinal);
        Assert.Equal(asked, ((PreActResNet)other.Network).Normalization);
    }

    [Fact]
    public void Another_architecture_than_the_one_named_is_refused()
    {
        var path = Saved("wrn-10-2");

        var error = Assert.Throws<InvalidDataException>(() => PublishedClassifier.Open(path, new ClassifierForm("wrn-28-10")));

        Assert.Equal($"{path}: holds the weights of a wrn-10-2, not of 'wrn-28-10'; give --architecture wrn-10-2, or another file.", error.Message);
    }

    [Fact]
    public void Weights_that_two_networks_share_are_not_guessed()
    {
        var path = Saved("preact-resnet-18");

        var error = Assert.Throws<InvalidDataException>(() => PublishedClassifier.Open(path, new ClassifierForm()));

        Assert.Contains("give --architecture preact-resnet-18 ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_network_are_refused_and_what_can_be_opened_is_named()
    {
        using var values = zeros(2);
        var path = _folder.File("other.safetensors");
        SafeTensors.Save(path, new Dictionary<string, Tensor> { ["patch_embed.weight"] = values }, new Dictionary<string, string>());

        var error = Assert.Throws<InvalidDataException>(() => PublishedClassifier.Open(path, new ClassifierForm()));

        Assert.Contains("'patch_embed.weight'".Trim('\''), error.Message, StringComparison.Ordinal);
        Assert.Contains("export the classifier to ONNX", error.Message, StringComparison.Ordinal);
    }

    private string Saved(string architecture)
    {
        using var network = Network(architecture);
        var path = _folder.File("weights.safetensors");
        SafeTensors.Save(path, NamedWeights.Of(network), new Dictionary<string, string>());
        return path;
    }

    private static TorchSharp.torch.nn.Module<Tensor, Tensor> Network(string architecture) => architecture switch
    {
        "wrn-10-2" => new PreActResNet(new PreActResNetOptions { StemWidth = 16, Widths = [32, 64, 128], Blocks = [1, 1, 1], FinalNorm = true, Classes = 7 }),
        "preact-resnet-18" => new PreActResNet(new PreActResNetOptions()),
        "preact-resnet-18-v1" => new PreActResNet(new PreActResNetOptions { ShortcutBeforeActivation = true }),
        "resnet-18" => new ResNet(new ResNetOptions { Classes = 7 }),
        _ => new CifarResNet(8, 7),
    };
}
