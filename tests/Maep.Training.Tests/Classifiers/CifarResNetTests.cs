using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Training.Data;
using Maep.Training.Tests.Data;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Classifiers;

public sealed class CifarResNetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory, Trait("needs", "data")]
    [InlineData("resnet20-cifar10.safetensors", 20, 91.73)]
    [InlineData("resnet56-cifar10.safetensors", 56, 93.39)]
    public void Published_weights_have_their_published_accuracy(string file, int depth, double percent)
    {
        var (data, weights) = (Environment.GetEnvironmentVariable("MAEP_DATA"), Environment.GetEnvironmentVariable("MAEP_WEIGHTS"));
        Skip.If(data is null, "MAEP_DATA is not set; let it name the folder that holds cifar-10-batches-bin.");
        Skip.If(weights is null, "MAEP_WEIGHTS is not set; let it name the folder that holds the ResNets as .safetensors.");
        Skip.IfNot(CifarReader.HasCifar10(data!), $"MAEP_DATA is '{data}', which holds no cifar-10-batches-bin.");
        Skip.IfNot(File.Exists(Path.Combine(weights!, file)), $"MAEP_WEIGHTS is '{weights}', which holds no {file}.");
        using var network = CifarResNet.Load(Path.Combine(weights!, file));

        var right = Right(network, CifarReader.Cifar10Test(data!));

        Assert.Equal(depth, network.Depth);
        Assert.Equal(percent, right / 100.0, tolerance: 0.05); // 10,000 images
    }

    [Theory]
    [InlineData(8, 10)]
    [InlineData(20, 7)]
    public void Load_takes_depth_and_classes_from_the_tensors(int depth, int classes)
    {
        using var scope = NewDisposeScope();
        var path = _folder.File("resnet.safetensors");
        using var saved = new CifarResNet(depth, classes);
        RandomWeights.Fill(saved, seed: 1);
        saved.eval();
        SafeTensors.Save(path, NamedWeights.Of(saved), new Dictionary<string, string>());
        var images = rand([2, 3, 32, 32], generator: new Generator(2));

        using var loaded = CifarResNet.Load(path);

        Assert.Equal((depth, classes, false), (loaded.Depth, loaded.Classes, loaded.training));
        Assert.Equal(RandomWeights.Values(saved.call(images)), RandomWeights.Values(loaded.call(images)));
    }

    [Fact]
    public void Weights_of_another_network_are_refused()
    {
        var path = _folder.File("other.safetensors");
        using var values = zeros(2);
        SafeTensors.Save(path, new Dictionary<string, Tensor> { ["fc.bias"] = values }, new Dictionary<string, string>());

        var error = Assert.Throws<InvalidDataException>(() => CifarResNet.Load(path));

        Assert.Contains($"{path}: holds no CIFAR ResNet", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(18)]
    [InlineData(21)]
    public void A_depth_that_is_not_6n_plus_2_is_refused(int depth)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new CifarResNet(depth));

        Assert.Contains($"Depth {depth} is not 6n + 2; use 20, 32, 44, 56 or 110.", error.Message, StringComparison.Ordinal);
    }

    private static int Right(CifarResNet network, LabelledImages test)
    {
        using var noGradient = no_grad();
        var right = 0;
        foreach (var (images, labels) in test.Batches(500))
        {
            using var scope = NewDisposeScope();
            right += (int)network.call(images).argmax(1).eq(labels).sum().item<long>();
            images.Dispose();
            labels.Dispose();
        }
        return right;
    }
}
