using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

public sealed class AutoAttackTests
{
    private const double Epsilon = 0.004; // between the smallest perturbations of the images below

    [Fact]
    public void Versions_run_the_attacks_of_the_original_in_its_order()
    {
        string[] Names(AutoAttackVersion version) => [.. new AutoAttackOptions { Version = version }.Attacks.Select(part => part.Name)];

        Assert.Equal(["apgd-ce", "apgd-t", "fab-t", "square"], Names(AutoAttackVersion.Standard));
        Assert.Equal(["apgd-ce", "apgd-dlr"], Names(AutoAttackVersion.Rand));
        Assert.Equal(["apgd-ce", "apgd-dlr"], ((AutoAttack)new AutoAttack(new AutoAttackOptions()).ForRandomDefence).Attacks);
        Assert.Equal(["apgd-ce", "apgd-dlr", "fab", "square", "apgd-t", "fab-t"], Names(AutoAttackVersion.Plus));
    }

    [Fact]
    public void Standard_has_the_settings_of_the_original()
    {
        var descriptions = new AutoAttackOptions().Attacks.Select(part => part.Attack.Description);

        Assert.Equal(
            [
                "APGD-CE Linf epsilon 8/255, 100 steps, 1 start",
                "APGD-T Linf epsilon 8/255, 100 steps, 1 start, 9 target classes",
                "FAB-T Linf epsilon 8/255, 100 steps, 1 start, 9 target classes",
                "Square Linf epsilon 8/255, 5000 queries, 1 start",
            ],
            descriptions);
    }

    [Fact]
    public void Plus_has_five_starts_where_the_original_has_them()
    {
        var descriptions = new AutoAttackOptions { Version = AutoAttackVersion.Plus }.Attacks.Select(part => part.Attack.Description);

        Assert.Equal(
            [
                "APGD-CE Linf epsilon 8/255, 100 steps, 5 starts",
                "APGD-DLR Linf epsilon 8/255, 100 steps, 5 starts",
                "FAB Linf epsilon 8/255, 100 steps, 5 starts",
                "Square Linf epsilon 8/255, 5000 queries, 1 start",
                "APGD-T Linf epsilon 8/255, 100 steps, 1 start, 9 target classes",
                "FAB-T Linf epsilon 8/255, 100 steps, 1 start, 9 target classes",
            ],
            descriptions);
    }

    [Fact]
    public void Each_attack_runs_on_what_those_before_left_standing_and_adds_to_what_they_found()
    {
        using var scope = NewDisposeScope();
        using var model = new HalvesClassifier();
        var (images, labels) = HalvesClassifier.Batch(12, seed: 8);
        var streams = new ImageStreams(3, 0, 12);
        // Few steps: the full versions would be most of this suite's time.
        (string Name, BoundedAttack Attack)[] parts =
        [
            ("apgd-ce", new AutoProjectedGradientDescent(new ApgdOptions { Epsilon = Epsilon, Steps = 2 })),
            ("square", new SquareAttack(new SquareOptions { Epsilon = Epsilon, Queries = 20 })),
        ];

        var together = new AutoAttack(PerturbationNorm.Linf, Epsilon, parts).Perturb(model, images, labels, streams);
        var first = parts[0].Attack.Perturb(model, images, labels, streams.Fork(0));
        var second = parts[1].Attack.Perturb(model, images, labels, streams.Fork(1));

        var standing = model.call(first).argmax(1).eq(labels);
        var expected = where(standing.reshape(-1, 1, 1, 1), second, first);
        Assert.Equal(TinyImages.Values(expected), TinyImages.Values(together));
        Assert.InRange(standing.sum().item<long>(), 1, 7); // of 8 that are right when clean
    }
}
