using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Training.Data;
using Maep.Training.Tests.Data;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Classifiers;

public sealed class CifarResNetTests
{
    private const int Published = 10_000; // test images that published figures are of

    [SkippableTheory, Trait("needs", "data")]
    [InlineData("resnet20-cifar10.safetensors", 20, Published, 91.73)]
    [InlineData("resnet56-cifar10.safetensors", 56, 2_000, 91.20)] // our own count on the first of them
    [InlineData("resnet56-cifar10.safetensors", 56, Published, 93.39)]
    public void Published_weights_have_their_published_accuracy(string file, int depth, int count, double percent)
    {
        Skip.If(depth == 56 && count == Published && Environment.GetEnvironmentVariable("MAEP_FULL") is null, "MAEP_FULL is not set; set it to 1 to classify all 10,000 images, a minute on two cores.");
        var (data, weights) = (Environment.GetEnvironmentVariable("MAEP_DATA"), Environment.GetEnvironmentVariable("MAEP_WEIGHTS"));
        Skip.If(data is null, "MAEP_DATA is not set; let it name the folder that holds cifar-10-batches-bin.");
        Skip.If(weights is null, "MAEP_WEIGHTS is not set; let it name the folder that holds the ResNets as .safetensors.");
        Skip.IfNot(CifarReader.HasCifar10(data!), $"MAEP_DATA is '{data}', which holds no cifar-10-batches-bin.");
        Skip.IfNot(File.Exists(Path.Combine(weights!, file)), $"MAEP_WEIGHTS is '{weights}', which holds no {file}.");
        using var network = (CifarResNet)PublishedClassifier.Open(Path.Combine(weights!, file), new ClassifierForm()).Network;

        var right = Right(network, CifarReader.Cifar10Test(data!).Take(count));

        Assert.Equal(depth, network.Depth);
        Assert.Equal(percent, 100.0 * right / count, tolerance: 0.05);
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
