using Maep.Networks.Classifiers;
using Maep.Training.Data;

namespace Maep.Evaluation.Tests;

/// <summary>CIFAR-10 and the published classifiers, from MAEP_DATA and MAEP_WEIGHTS; a test that asks for what is not there skips with the reason.</summary>
internal static class PublishedInputs
{
    /// <summary>The first test images of CIFAR-10.</summary>
    public static LabelledImages Cifar10(int count)
    {
        var data = Environment.GetEnvironmentVariable("MAEP_DATA");
        Skip.If(data is null, "MAEP_DATA is not set; let it name the folder that holds cifar-10-batches-bin.");
        Skip.IfNot(CifarReader.HasCifar10(data!), $"MAEP_DATA is '{data}', which holds no cifar-10-batches-bin.");
        return CifarReader.Cifar10Test(data!).Take(count);
    }

    /// <summary>A classifier of akamaster/pytorch_resnet_cifar10, in evaluation mode.</summary>
    public static CifarResNet ResNet(int depth)
    {
        var (weights, file) = (Environment.GetEnvironmentVariable("MAEP_WEIGHTS"), $"resnet{depth}-cifar10.safetensors");
        Skip.If(weights is null, $"MAEP_WEIGHTS is not set; let it name the folder that holds {file}.");
        var path = Path.Combine(weights!, file);
        Skip.IfNot(File.Exists(path), $"MAEP_WEIGHTS is '{weights}', which holds no {file}.");
        return (CifarResNet)PublishedClassifier.Open(path, new ClassifierForm()).Network;
    }
}
