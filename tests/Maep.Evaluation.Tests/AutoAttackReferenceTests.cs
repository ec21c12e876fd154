using System.Diagnostics;
using System.Text.Json;
using Maep.Attacks;
using Maep.Training.Classifiers;
using Maep.Training.Data;
using TorchSharp;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests;

/// <summary>
/// Agreement with the original AutoAttack, image by image. FAB-T and Square, the slow ones, run on the first images only; MAEP_FULL=1 runs them on all 200
/// (FAB-T about 2, Square about 10 minutes on two cores).
/// </summary>
public sealed class AutoAttackReferenceTests(ITestOutputHelper output)
{
    private const int Images = 200;
    private const double Epsilon = 1.0 / 255;

    [SkippableTheory, Trait("needs", "data")]
    [InlineData("apgd-ce", Images, 1)]
    [InlineData("apgd-t", Images, 1)]
    [InlineData("fab-t", 50, 1)]
    [InlineData("square", 20, 4)]
    public void Robust_images_are_those_of_the_original(string name, int images, int tolerance)
    {
        var (data, weights) = (Environment.GetEnvironmentVariable("MAEP_DATA"), Environment.GetEnvironmentVariable("MAEP_WEIGHTS"));
        Skip.If(data is null, "MAEP_DATA is not set; let it name the folder that holds cifar-10-batches-bin.");
        Skip.If(weights is null, "MAEP_WEIGHTS is not set; let it name the folder that holds resnet20-cifar10.safetensors.");
        var count = Environment.GetEnvironmentVariable("MAEP_FULL") is null ? images : Images;
        var test = CifarReader.Cifar10Test(data!).Take(count);
        using var model = CifarResNet.Load(Path.Combine(weights!, "resnet20-cifar10.safetensors"));
        var clock = Stopwatch.StartNew();

        var robust = Robust(model, test, new AutoAttackOptions { Epsilon = Epsilon }.Attacks.Single(part => part.Name == name).Attack);

        var original = Original(name)[..count];
        var different = Enumerable.Range(0, count).Where(image => robust[image] != original[image]).ToArray();
        output.WriteLine($"{name}: {Count(robust)} of {count} robust, the original {Count(original)}; {clock.Elapsed.TotalSeconds:F0} s; different: {string.Join(", ", different.Select(image => $"{image} ({robust[image]})"))}");
        Assert.InRange(Count(robust), Count(original) - tolerance, Count(original) + tolerance);
    }

    private static string Robust(CifarResNet model, LabelledImages test, BoundedAttack attack)
    {
        using var noGradient = no_grad();
        var mask = "";
        foreach (var (images, labels) in test.Batches(100))
        {
            using var scope = NewDisposeScope();
            var adversarial = attack.Perturb(model, images, labels, new ImageStreams(0, mask.Length, images.shape[0]));
            mask += string.Concat(model.call(adversarial).argmax(1).eq(labels).data<bool>().Select(right => right ? '1' : '0'));
            images.Dispose();
            labels.Dispose();
        }
        return mask;
    }

    private static int Count(string mask) => mask.Count(image => image == '1');

    private static string Original(string attack)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "autoattack-resnet20-linf-1of255-n200.json")));
        return golden.RootElement.GetProperty("attacks").GetProperty(attack).GetProperty("robust_mask").GetString()!;
    }
}
