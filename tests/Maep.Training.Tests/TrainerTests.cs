using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Networks.Purifiers;
using Maep.Training.Tests.Autoencoder;
using Maep.Training.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

public sealed class TrainerTests : IDisposable
{
    private static readonly TrainerOptions SixSteps = new() { Steps = 6, WarmUpSteps = 2, AverageDecay = 0.9, CheckpointEvery = 100 };

    private readonly TemporaryFolder _folder = new();
    private readonly AdversarialPairs _pairs;

    public TrainerTests() => _pairs = TinyPairs.Make(_folder.File("pairs.bin"));

    public void Dispose()
    {
        _pairs.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("plain", "adamw")]
    [InlineData("stem", "adamw")]
    [InlineData("stem", "sgd")]
    public void A_purifier_resumes_bit_for_bit(string form, string optimizer)
    {
        var training = SixSteps with { Optimizer = optimizer, Seed = 5 };

        var atOnce = Purifier(form, training, "whole.ckpt", stopAfter: 6);
        Purifier(form, training, "halves.ckpt", stopAfter: 3);
        var resumed = Purifier(form, training, "halves.ckpt", stopAfter: 6);

        Assert.Equal(6, resumed.Steps);
        Assert.Equal(atOnce.Last, resumed.Last);
        Assert.Equal(atOnce.Average, resumed.Average);
        // The mask token has its gradient from masked steps only: one before the cut, none right after it, one later.
        Assert.Equal([true, true, true, false, false, true], atOnce.HidesPatches);
    }

    [Fact]
    public void Training_with_a_limit_of_minutes_ends_there_with_a_rate_that_has_fallen()
    {
        var recipe = new PurifierRecipe { BatchSize = 4, Training = SixSteps with { Steps = 1_000_000, WarmUpSteps = 1, Minutes = 0.49 } };
        using var network = new MaskedAutoencoder(TinyAutoencoders.Named("plain"));
        using var objective = new PurificationObjective(network, _pairs, recipe);
        using var trainer = new Trainer(objective, recipe.Training, _folder.File("limited.ckpt"), new SteppingClock(TimeSpan.FromSeconds(1)));
        List<TrainingProgress> steps = [];

        trainer.Run(steps.Add, default);

        Assert.Equal(30, steps.Count); // of a second each
        Assert.Equal(0.5, trainer.Minutes, 9);
        Assert.InRange(steps[^1].LearningRate, 0, recipe.Training.LearningRate / 100);
        Assert.All(steps.Skip(2).Zip(steps.Skip(1)), pair => Assert.True(pair.First.LearningRate < pair.Second.LearningRate));
    }

    [Theory]
    [InlineData("adamw", null)]
    [InlineData("sgd", null)]
    [InlineData("sgd", 64.0)]
    public void A_classifier_with_batch_statistics_resumes_bit_for_bit(string optimizer, double? normBiasRate)
    {
        var recipe = new ClassifierRecipe { BatchSize = 4, LargestShift = 1, Training = SixSteps with { Optimizer = optimizer, LearningRate = 0.01, NormBiasRate = normBiasRate } };

        var atOnce = Classifier(recipe, "whole.ckpt", stopAfter: 6);
        Classifier(recipe, "halves.ckpt", stopAfter: 3);
        var resumed = Classifier(recipe, "halves.ckpt", stopAfter: 6);

        Assert.Equal(atOnce.Last, resumed.Last);
        Assert.Equal(atOnce.Average, resumed.Average);
    }

    [Fact]
    public void The_biases_of_norms_take_their_own_rate_their_scales_stay_and_nothing_else_changes()
    {
        // Unclipped: the scales would count in the norm of the gradient only where they learn.
        var recipe = new ClassifierRecipe { BatchSize = 4, LargestShift = 1, Training = SixSteps with { Optimizer = "sgd", LearningRate = 1e-4, WeightDecay = 0, WarmUpSteps = 0, ClipNorm = 0 } };

        var plain = Classifier(recipe, "plain.ckpt", stopAfter: 1).Last;
        var scaled = Classifier(recipe with { Training = recipe.Training with { NormBiasRate = 10 } }, "scaled.ckpt", stopAfter: 1).Last;

        Assert.Equal(plain["head.weight"], scaled["head.weight"]);
        var before = RandomWeights.Values(NamedWeights.Of(Network()));
        Assert.Equal(before["stages.0.bn1.weight"], scaled["stages.0.bn1.weight"]);
        Assert.NotEqual(before["stages.0.bn1.weight"], plain["stages.0.bn1.weight"]);
        var (step, scaledStep) = (Difference(plain["stages.0.bn1.bias"], before["stages.0.bn1.bias"]), Difference(scaled["stages.0.bn1.bias"], before["stages.0.bn1.bias"]));
        Assert.All(step.Zip(scaledStep), pair => Assert.Equal(10 * pair.First, pair.Second, 1e-6f));
        Assert.Contains(step, value => value != 0);

        static float[] Difference(float[] after, float[] before) => [.. after.Zip(before, (a, b) => a - b)];
    }

    [Fact]
    public void Training_moves_the_weights_and_the_average_follows_behind()
    {
        var start = Purifier("plain", SixSteps, "start.ckpt", stopAfter: 1);

        var end = Purifier("plain", SixSteps, "end.ckpt", stopAfter: 6);

        Assert.NotEqual(start.Last, end.Last);
        Assert.NotEqual(end.Last, end.Average);
    }

    [Fact]
    public void A_constant_schedule_keeps_the_rate_after_the_warm_up()
    {
        var options = new TrainerOptions { Schedule = "constant", LearningRate = 0.5, Steps = 100, WarmUpSteps = 10 };

        Assert.Equal((0.05, 0.5, 0.5), (options.LearningRateAt(0), options.LearningRateAt(10), options.LearningRateAt(99)));
        Assert.Equal("Schedule 'step' is not known; use constant, or leave it out for a cosine.", Assert.Throws<ArgumentException>((options with { Schedule = "step" }).Validate).Message);
    }

    [Fact]
    public void Beta2_is_that_of_adam_and_0_95_without_it()
    {
        var (unsaid, said, other) = (End(null), End(0.95), End(0.5));

        Assert.Equal(unsaid, said);
        Assert.NotEqual(unsaid, other);
        Assert.Throws<ArgumentException>((SixSteps with { Beta2 = 1 }).Validate);

        Dictionary<string, float[]> End(double? beta2) => Purifier("plain", SixSteps with { Beta2 = beta2 }, FormattableString.Invariant($"beta-{beta2}.ckpt"), stopAfter: 6).Last;
    }

    [Fact]
    public void Cancellation_writes_a_checkpoint_of_the_step_that_was_done()
    {
        using var objective = new Slope();
        var path = _folder.File("cancelled.ckpt");
        using var cancellation = new CancellationTokenSource();
        using var trainer = new Trainer(objective, SixSteps, path);

        Assert.Throws<OperationCanceledException>(() => trainer.Run(progress => { if (progress.Step == 2) cancellation.Cancel(); }, cancellation.Token));

        using var second = new Slope();
        using var resumed = new Trainer(second, SixSteps, path);
        Assert.Equal((2, 2), (trainer.Step, resumed.Step));
    }

    [Fact]
    public void Progress_reports_every_step_with_its_rate_and_loss()
    {
        using var objective = new Slope();
        using var trainer = new Trainer(objective, SixSteps, _folder.File("run.ckpt"));
        List<TrainingProgress> reports = [];

        trainer.Run(reports.Add, CancellationToken.None);

        Assert.Equal([1, 2, 3, 4, 5, 6], reports.Select(report => report.Step));
        Assert.Equal([0.0005, 0.001, 0.001], reports.Take(3).Select(report => report.LearningRate));
        Assert.All(reports, report => Assert.True(report.Metrics.ContainsKey("loss")));
    }

    [Fact]
    public void The_checkpoint_of_another_recipe_is_refused()
    {
        var path = _folder.File("run.ckpt");
        Run(new Slope { RecipeHash = "aaaa" }, path);

        var error = Assert.Throws<InvalidDataException>(() => Run(new Slope { RecipeHash = "bbbb" }, path));

        Assert.Equal($"{path}: belongs to recipe aaaa, not to bbbb; give another folder for the run or delete the checkpoint.", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(700)]
    [InlineData(-1)]
    public void A_truncated_checkpoint_is_refused(int length)
    {
        var path = _folder.File("run.ckpt");
        Run(new Slope(), path);
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(length < 0 ? whole.Length + length : length)]);

        var error = Assert.Throws<InvalidDataException>(() => Run(new Slope(), path));

        Assert.Equal($"{path}: not a complete checkpoint; delete it to start again.", error.Message);
    }

    [Fact]
    public void A_checkpoint_with_damaged_progress_is_refused()
    {
        var path = _folder.File("run.ckpt");
        Run(new Slope(), path);
        using (var zip = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Update))
        {
            zip.GetEntry("progress.json")!.Delete();
            using var writer = new StreamWriter(zip.CreateEntry("progress.json").Open());
            writer.Write("{");
        }

        var error = Assert.Throws<InvalidDataException>(() => Run(new Slope(), path));

        Assert.Equal($"{path}: its progress.json is damaged; delete the checkpoint to start again.", error.Message);
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_with_step_and_checkpoint()
    {
        var path = _folder.File("run.ckpt");

        var error = Assert.Throws<InvalidOperationException>(() => Run(new Slope { BrokenStep = 4 }, path, SixSteps with { CheckpointEvery = 2 }));

        Assert.Equal($"The loss is NaN at step 4; training stopped. The last checkpoint is {path}; start a recipe with a lower learning rate from the weights beside it.", error.Message);
    }

    [Fact]
    public void A_loss_that_is_not_finite_before_any_checkpoint_says_so()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Run(new Slope { BrokenStep = 0 }, _folder.File("run.ckpt")));

        Assert.Equal("The loss is NaN at step 0; training stopped. There is no checkpoint yet; lower the learning rate.", error.Message);
    }

    [Fact]
    public void Options_are_refused_with_every_fault_named()
    {
        var options = new TrainerOptions { Optimizer = "adam", LearningRate = 0, Steps = 10, WarmUpSteps = 11, AverageDecay = 1, CheckpointEvery = 0 };

        var error = Assert.Throws<ArgumentException>(() => Run(new Slope(), _folder.File("run.ckpt"), options));

        Assert.Equal("Optimizer 'adam' is not known; use adamw or sgd. LearningRate 0 must be above 0. "
            + "Steps 10 must be at least 1 and WarmUpSteps 11 between 0 and Steps. AverageDecay 1 must be in [0, 1). CheckpointEvery 0 must be at least 1.", error.Message);
    }

    [Fact]
    public void The_learning_rate_rises_in_a_line_and_falls_along_a_cosine()
    {
        var options = new TrainerOptions { LearningRate = 2, Steps = 110, WarmUpSteps = 10 };

        var rates = new long[] { 0, 4, 9, 10, 60, 110 }.Select(step => options.LearningRateAt(step));

        Assert.All(rates.Zip([0.2, 1, 2, 2, 1, 0]), pair => Assert.Equal(pair.Second, pair.First, tolerance: 1e-9));
    }

    private sealed record Outcome(long Steps, Dictionary<string, float[]> Last, Dictionary<string, float[]> Average, bool[] HidesPatches);

    private Outcome Purifier(string form, TrainerOptions training, string checkpoint, int stopAfter)
    {
        var recipe = new PurifierRecipe { BatchSize = 4, MaskedSteps = 0.5, Training = training };
        using var network = new MaskedAutoencoder(TinyAutoencoders.Named(form));
        RandomWeights.Fill(network, seed: 3);
        using var objective = new PurificationObjective(network, _pairs, recipe);
        return Train(objective, training, checkpoint, stopAfter);
    }

    private Outcome Classifier(ClassifierRecipe recipe, string checkpoint, int stopAfter)
    {
        using var network = Network();
        using var objective = new ClassificationObjective(network, TinyPairs.Set(), recipe);
        return Train(objective, recipe.Training, checkpoint, stopAfter);
    }

    private static FastConvNet Network()
    {
        var network = new FastConvNet(new FastConvNetOptions { Widths = [8, 16], Classes = 3 });
        RandomWeights.Fill(network, seed: 3);
        return network;
    }

    private Outcome Train(ITrainingObjective objective, TrainerOptions training, string checkpoint, int stopAfter)
    {
        using var cancellation = new CancellationTokenSource();
        using var trainer = new Trainer(objective, training, _folder.File(checkpoint));
        List<bool> hides = [];
        Assert.Throws<OperationCanceledException>(() => trainer.Run(
            progress =>
            {
                hides.Add(progress.Metrics.GetValueOrDefault("reconstruction") > 0);
                if (progress.Step == stopAfter)
                    cancellation.Cancel();
            },
            cancellation.Token));
        return new Outcome(trainer.Step, RandomWeights.Values(NamedWeights.Of(objective.Model)), RandomWeights.Values(trainer.Weights), [.. hides]);
    }

    private static void Run(Slope objective, string path, TrainerOptions? options = null)
    {
        using (objective)
        {
            using var trainer = new Trainer(objective, options ?? SixSteps, path);
            trainer.Run(_ => { }, CancellationToken.None);
        }
    }

    /// <summary>Drives one linear layer towards zero; its loss can be made to break.</summary>
    private sealed class Slope : ITrainingObjective, IDisposable
    {
        private readonly nn.Module<Tensor, Tensor> _layer = nn.Linear(4, 2);

        public long BrokenStep { get; init; } = -1;

        public nn.Module Model => _layer;

        public string RecipeHash { get; init; } = "slope";

        public Tensor Loss(long step, Generator random, IDictionary<string, double> metrics) =>
            _layer.call(rand([3, 4], generator: random)).square().mean() * (step == BrokenStep ? float.NaN : 1);

        public void Dispose() => _layer.Dispose();
    }
}
