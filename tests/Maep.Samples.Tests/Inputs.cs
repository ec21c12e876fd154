using Maep.Attacks;
using Maep.Samples.Measuring;
using Maep.Training.Data;

namespace Maep.Samples.Tests;

/// <summary>Data and models that the samples get as arguments; a test without them skips and says which.</summary>
internal static class Inputs
{
    private const int TestImages = 100;

    private static CifarRow[]? _attacked;

    public static string Classifier { get; } = Path.Combine(AppContext.BaseDirectory, "models", "classifier-cifar10.onnx");

    public static string Data()
    {
        var root = Environment.GetEnvironmentVariable("MAEP_DATA");
        Skip.If(root is null, "MAEP_DATA is not set; let it name the folder that holds cifar-10-batches-bin and photos.");
        return root!;
    }

    public static LabelledImages CifarTest()
    {
        var root = Data();
        Skip.IfNot(CifarReader.HasCifar10(root), $"MAEP_DATA is '{root}', which holds no cifar-10-batches-bin.");
        return CifarReader.Cifar10Test(root).Take(TestImages);
    }

    /// <summary>The images of <see cref="CifarTest"/> after PGD-10 at 8/255 on <see cref="Classifier"/>; made once for all tests.</summary>
    public static CifarRow[] AttackedCifar() => _attacked ??= CifarRow.Attacked(CifarTest(), Classifier, new ProjectedGradientDescent(new PgdOptions()));

    /// <summary>The photographs, the class index that restores their labels, and MobileNetV2.</summary>
    public static (string Photos, string ClassIndex, string Classifier) Photographs()
    {
        var (photos, index) = (Path.Combine(Data(), "photos"), Path.Combine(Data(), "imagenet_class_index.json"));
        Skip.IfNot(Directory.Exists(photos) && File.Exists(index), $"MAEP_DATA is '{Data()}', which lacks photos or imagenet_class_index.json.");
        var weights = Environment.GetEnvironmentVariable("MAEP_WEIGHTS");
        var classifier = Path.Combine(weights ?? "", "mobilenet_v2_1.0_224.onnx");
        Skip.IfNot(File.Exists(classifier), $"MAEP_WEIGHTS is '{weights}', which holds no mobilenet_v2_1.0_224.onnx.");
        return (photos, index, classifier);
    }
}
