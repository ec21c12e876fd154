using System.Diagnostics;
using System.Text.Json;
using Maep.Attacks;
using Maep.Networks.Classifiers;
using TorchSharp;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests;

/// <summary>
/// Agreement with the original AutoAttack, image by image, on the first images; MAEP_FULL=1 runs all 200, and the whole of AutoAttack too.
/// </summary>
public sealed class AutoAttackReferenceTests(ITestOutputHelper output)
{
    private const int Images = 200;
    private const double Epsilon = 1.0 / 255;
    private const string Union = "standard (all four, per-example worst case)";

    private static bool Full => Environment.GetEnvironmentVariable("MAEP_FULL") is not null;

    [SkippableTheory, Trait("needs", "data")]
    // The last number is how many of all 200 images may differ; of the first ones, one may.
    [InlineData("apgd-ce", 100, 1)]
    [InlineData("apgd-t", 50, 1)]
    [InlineData("fab-t", 12, 1)]
    [InlineData("square", 3, 4)]
    public void Each_attack_alone_leaves_the_images_that_the_original_leaves(string name, int images, int tolerance)
    {
        using var model = PublishedInputs.ResNet(20);
        var attack = new AutoAttackOptions { Epsilon = Epsilon }.Attacks.Single(part => part.Name == name).Attack;
        var clock = Stopwatch.StartNew();

        var robust = Robust(model, Full ? Images : images, attack);

        Compare(name, robust, Full ? tolerance : 1, clock.Elapsed);
    }

    [SkippableFact, Trait("needs", "data")]
    public void All_four_together_leave_the_images_that_the_original_leaves()
    {
        Skip.IfNot(Full, "MAEP_FULL is not set; set it to 1 to run all of AutoAttack on 200 images, some minutes on two cores.");
        using var model = PublishedInputs.ResNet(20);
        var clock = Stopwatch.StartNew();

        var robust = Robust(model, Images, new AutoAttack(new AutoAttackOptions { Epsilon = Epsilon }));

        Compare(Union, robust, 1, clock.Elapsed);
    }

    private void Compare(string name, bool[] robust, int tolerance, TimeSpan time)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "autoattack-resnet20-linf-1of255-n200.json")));
        bool[] original = [.. golden.RootElement.GetProperty("attacks").GetProperty(name).GetProperty("robust_mask").GetString()!.Take(robust.Length).Select(digit => digit == '1')];
        var (count, expected) = (robust.Count(right => right), original.Count(right => right));
        string[] different = [.. Enumerable.Range(0, robust.Length).Where(image => robust[image] != original[image]).Select(image => $"{image} ({(robust[image] ? "robust here" : "fooled here")})")];
        output.WriteLine($"{name}: {count} of {robust.Length} robust, the original {expected}; {time.TotalSeconds:F0} s; different: {string.Join(", ", different)}");

        Assert.InRange(different.Length, 0, tolerance);
    }

    private static bool[] Robust(CifarResNet model, int count, IAttack attack)
    {
        using var noGradient = no_grad();
        var (images, labels) = PublishedInputs.Cifar10(count).Batches(count).Single();
        using var scope = NewDisposeScope();
        var clean = model.call(images).argmax(1).eq(labels).data<bool>().ToArray();
        var adversarial = attack.Perturb(model, images, labels, new ImageStreams(0, 0, count));
        var robust = model.call(adversarial).argmax(1).eq(labels).data<bool>().ToArray();
        Assert.DoesNotContain(true, clean.Zip(robust, (right, stays) => stays && !right));
        return robust;
    }
}
