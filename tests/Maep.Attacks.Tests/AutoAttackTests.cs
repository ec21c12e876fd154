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

    [Theory]
    [InlineData(AutoAttackVersion.Standard, 2, "apgd-ce, fab, square")]
    [InlineData(AutoAttackVersion.Standard, 3, "apgd-ce, apgd-dlr, fab, square")]
    [InlineData(AutoAttackVersion.Standard, 4, "apgd-ce, apgd-t, fab-t, square")]
    [InlineData(AutoAttackVersion.Rand, 2, "apgd-ce")]
    [InlineData(AutoAttackVersion.Rand, 3, "apgd-ce, apgd-dlr")]
    [InlineData(AutoAttackVersion.Plus, 2, "apgd-ce, fab, square")]
    [InlineData(AutoAttackVersion.Plus, 3, "apgd-ce, apgd-dlr, fab, square")]
    [InlineData(AutoAttackVersion.Plus, 4, "apgd-ce, apgd-dlr, fab, square, apgd-t, fab-t")]
    public void With_few_classes_the_parts_run_that_need_no_more(AutoAttackVersion version, int classes, string names)
    {
        Assert.Equal(names, string.Join(", ", new AutoAttackOptions { Version = version, Classes = classes }.Attacks.Select(part => part.Name)));
    }

    [Theory]
    [InlineData("autoattack", 2, "AutoAttack standard Linf epsilon 8/255 (apgd-ce, fab, square; to the last step; 2 classes are too few for apgd-dlr and apgd-t, so nothing is targeted)")]
    [InlineData("autoattack", 3, "AutoAttack standard Linf epsilon 8/255 (apgd-ce, apgd-dlr, fab, square; to the last step; 3 classes are too few for apgd-t, so nothing is targeted)")]
    [InlineData("autoattack", 4, "AutoAttack standard Linf epsilon 8/255 (apgd-ce, apgd-t, fab-t, square; to the last step)")]
    [InlineData("autoattack-rand", 2, "AutoAttack rand Linf epsilon 8/255 (apgd-ce; 20 draws; to the last step; 2 classes are too few for apgd-dlr)")]
    [InlineData("apgd-t", 5, "APGD-T Linf epsilon 8/255, 100 steps, 1 start, 4 target classes; to the last step")]
    [InlineData("fab-t", 2, "FAB-T Linf epsilon 8/255, 100 steps, 1 start, 1 target classes")]
    [InlineData("fab-t", 100, "FAB-T Linf epsilon 8/255, 100 steps, 1 start, 9 target classes")]
    public void Descriptions_say_what_the_number_of_classes_changes(string name, int classes, string description)
    {
        Assert.Equal(description, NamedAttacks.Create(name, PerturbationNorm.Linf, 8.0 / 255, classes).Description);
    }

    [Fact]
    public void One_class_is_refused_with_what_to_do()
    {
        var error = Assert.Throws<ArgumentException>(() => new AutoAttack(new AutoAttackOptions { Classes = 1 }));

        Assert.Contains("into the two logits 0 and z", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, AutoAttackVersion.Standard)]
    [InlineData(2, AutoAttackVersion.Rand)]
    [InlineData(2, AutoAttackVersion.Plus)]
    [InlineData(3, AutoAttackVersion.Standard)]
    [InlineData(3, AutoAttackVersion.Plus)]
    public void Classifiers_of_few_classes_are_attacked(int classes, AutoAttackVersion version)
    {
        using var scope = NewDisposeScope();
        using var model = new FirstClasses(classes);
        var (images, _) = HalvesClassifier.Batch(3, seed: 6);
        var labels = model.call(images).argmax(1);

        var adversarial = new AutoAttack(new AutoAttackOptions { Epsilon = 0.1, Classes = classes, Version = version }).Perturb(model, images, labels, new ImageStreams(0, 0, 3));

        Assert.Equal(0, model.call(adversarial).argmax(1).eq(labels).sum().item<long>());
    }

    private sealed class FirstClasses(int count) : nn.Module<Tensor, Tensor>(nameof(FirstClasses))
    {
        private readonly HalvesClassifier _inner = new();

        public override Tensor forward(Tensor input) => _inner.call(input).narrow(1, 0, count);
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
