using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

public sealed class AutoAttackRunTests : IDisposable
{
    private const double Epsilon = 0.004; // between the smallest perturbations of the images below

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-autoattack-").FullName;
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly HalvesClassifier _model = new();
    private readonly Tensor _images;
    private readonly Tensor _labels;

    public AutoAttackRunTests() => (_images, _labels) = HalvesClassifier.Batch(12, seed: 8);

    private string StatePath => Path.Combine(_folder, "state.json");

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

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
    public void A_run_counts_images_wrong_when_clean_as_not_robust_and_agrees_with_the_attack_on_one_batch()
    {
        var attack = Attack();

        var report = new AutoAttackRun(attack, seed: 3, batchSize: 5).Evaluate(_model, _images, _labels);
        using var adversarial = attack.Perturb(_model, _images, _labels, new ImageStreams(3, 0, 12));

        Assert.Equal(8, report.CleanCorrect);
        Assert.Equal(Robust(adversarial), report.FooledBy.Select(by => by == AutoAttackReport.Robust));
        Assert.InRange(report.RobustCorrect, 1, 7);
        Assert.Equal(report.RobustCorrect, report.RobustAfter(report.Attacks.Count - 1));
        Assert.True(report.RobustAfter(0) <= report.CleanCorrect);
    }

    [Fact]
    public void A_run_killed_after_any_batch_goes_on_to_the_same_verdicts()
    {
        var whole = new AutoAttackRun(Attack(), seed: 3, batchSize: 3).Evaluate(_model, _images, _labels);
        var restarts = 0;
        AutoAttackReport? resumed = null;
        while (resumed is null)
        {
            using var kill = new CancellationTokenSource();
            var batches = 0;
            try
            {
                resumed = new AutoAttackRun(Attack(), seed: 3, StatePath, batchSize: 3).Evaluate(_model, _images, _labels, (_, _) => { if (++batches == 1) kill.Cancel(); }, kill.Token);
            }
            catch (OperationCanceledException)
            {
                restarts++;
            }
        }

        Assert.Equal(whole.FooledBy, resumed.FooledBy);
        Assert.True(restarts >= 4, $"{restarts} restarts");
    }

    [Theory]
    [InlineData("{ \"attack\": 5", "no state of an AutoAttack run")]
    [InlineData("null", "belongs to")]
    public void A_damaged_state_is_refused(string text, string words)
    {
        File.WriteAllText(StatePath, text);

        var error = Assert.Throws<InvalidDataException>(() => new AutoAttackRun(Attack(), 3, StatePath).Evaluate(_model, _images, _labels));

        Assert.StartsWith($"{StatePath}: {words}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_of_another_seed_other_weights_or_other_images_is_refused()
    {
        new AutoAttackRun(Attack(), 3, StatePath).Evaluate(_model, _images, _labels);

        var seed = Assert.Throws<InvalidDataException>(() => new AutoAttackRun(Attack(), 4, StatePath).Evaluate(_model, _images, _labels));
        using var other = new Weighted();
        var weights = Assert.Throws<InvalidDataException>(() => new AutoAttackRun(Attack(), 3, StatePath).Evaluate(other, _images, _labels));
        var images = Assert.Throws<InvalidDataException>(() => new AutoAttackRun(Attack(), 3, StatePath).Evaluate(_model, _images.flip(0), _labels));

        Assert.Contains("with seed 3", seed.Message, StringComparison.Ordinal);
        Assert.Contains("other or the same weights", weights.Message, StringComparison.Ordinal);
        Assert.Contains("Name another file, or delete it to start again.", images.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Epsilon_0_leaves_every_right_image_robust()
    {
        var report = new AutoAttackRun(new AutoAttack(new AutoAttackOptions { Epsilon = 0 })).Evaluate(_model, _images, _labels);

        Assert.Equal(report.CleanCorrect, report.RobustCorrect);
    }

    /// <summary>Another model, by a weight that changes nothing.</summary>
    private sealed class Weighted : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _unused = new(ones(1));

        public Weighted() : base(nameof(Weighted)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input.mean([2, 3]);
    }

    // Few steps: the full versions would be most of this suite's time.
    private static AutoAttack Attack() => new(PerturbationNorm.Linf, Epsilon,
    [
        ("apgd-ce", new AutoProjectedGradientDescent(new ApgdOptions { Epsilon = Epsilon, Steps = 2 })),
        ("square", new SquareAttack(new SquareOptions { Epsilon = Epsilon, Queries = 20 })),
    ]);

    private bool[] Robust(Tensor adversarial) => _model.call(adversarial).argmax(1).eq(_labels).data<bool>().ToArray();
}
