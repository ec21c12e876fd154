using Maep.Attacks;
using Maep.Evaluation.Directions;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests.Directions;

public sealed class DirectionMeasurementTests
{
    private static readonly ProjectedGradientDescent Attack = new ProjectedGradientDescent(new PgdOptions { Epsilon = 0.1, StepSize = 0.05, Steps = 3 });

    [Fact]
    public void A_purifier_that_adds_the_same_to_every_image_moves_all_alike()
    {
        var pairs = Measure(new Brighten());

        Assert.All(pairs, pair =>
        {
            Assert.Equal(1, pair.Cosine, 1e-6);
            Assert.Equal(1, pair.NeighbourCosine, 1e-6);
            Assert.Equal(0.2 * Math.Sqrt(3 * 16 * 16), pair.CleanLength, 1e-4);
            Assert.Equal(pair.CleanLength, pair.AttackedLength, 1e-4);
            Assert.True(pair.Agrees);
        });
    }

    [Fact]
    public void A_purifier_that_pulls_to_grey_moves_each_image_its_own_way()
    {
        var pairs = Measure(new ToGrey());

        // P(x) - x = (0.5 - x) / 2: nearly that of the slightly changed image, and hardly that of another.
        Assert.All(pairs, pair => Assert.True(pair.Cosine > 0.9 && pair.NeighbourCosine < 0.3, $"{pair.Cosine} {pair.NeighbourCosine}"));
        Assert.All(pairs, pair => Assert.InRange(pair.ChangeLength, 0, 0.1 * Math.Sqrt(3 * 16 * 16) + 1e-6));
    }

    [Fact]
    public void A_purifier_that_knows_the_clean_image_undoes_the_attack()
    {
        using var scope = NewDisposeScope();
        var set = ToyDefences.Images(30);
        var clean = set.Batches(30).Single().Images;

        var pairs = Measure(new Answers(clean));

        Assert.All(pairs.Where(pair => pair.ChangeLength > 0), pair => Assert.Equal(1, pair.UndoingCosine, 1e-5));
        Assert.All(pairs, pair => Assert.Equal(0, pair.CleanLength));
        Assert.All(pairs, pair => Assert.True(double.IsNaN(pair.Cosine))); // it does not move clean images at all
        Assert.Equal(pairs.Count(pair => pair.CleanRight), pairs.Count(pair => pair.AttackedRight));
        Assert.All(pairs, pair => Assert.Equal(pair.OppositeRight, pair.MovedRight));
    }

    [Fact]
    public void One_image_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new DirectionMeasurement(new MeanChannelClassifier(1), new ToGrey(), Attack, new EvaluationOptions()).Measure(ToyDefences.Images(1), _ => { }, default));

        Assert.StartsWith("1 images to compare; give at least 2.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_measurement_goes_on_without_repeating_a_batch_and_leaves_no_state()
    {
        using var scope = NewDisposeScope();
        var folder = Directory.CreateTempSubdirectory("maep-directions-").FullName;
        var options = new EvaluationOptions { BatchSize = 8, StatePath = Path.Combine(folder, "run.state.json"), Subject = "toys" };
        using var cancellation = new CancellationTokenSource();
        var whole = Measure(new ToGrey(), new EvaluationOptions { BatchSize = 8 });
        List<int> done = [];

        Assert.Throws<OperationCanceledException>(() => Resumable(options).Measure(ToyDefences.Images(30), _ => cancellation.Cancel(), cancellation.Token));
        Assert.Throws<InvalidDataException>(() => Resumable(options with { Seed = 1 }).Measure(ToyDefences.Images(30), _ => { }, default));
        var last = Resumable(options);
        var pairs = last.Measure(ToyDefences.Images(30), done.Add, default);
        last.Finish();

        Assert.Equal([16, 24, 30], done);
        Assert.Equal(whole, pairs);
        Assert.Empty(Directory.GetFiles(folder));
        Directory.Delete(folder);

        static DirectionMeasurement Resumable(EvaluationOptions settings) => new(new MeanChannelClassifier(1), new ToGrey(), Attack, settings);
    }

    [Fact]
    public void A_state_keeps_what_is_no_number()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(Directory.CreateTempSubdirectory("maep-directions-").FullName, "run.state.json");
        var unmoved = new Answers(ToyDefences.Images(30).Batches(30).Single().Images);

        Measure(unmoved, new EvaluationOptions { StatePath = path });
        var kept = Measure(unmoved, new EvaluationOptions { StatePath = path });

        Assert.All(kept, pair => Assert.True(double.IsNaN(pair.Cosine)));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void A_record_says_how_far_the_conjecture_holds_and_draws_it()
    {
        var folder = Directory.CreateTempSubdirectory("maep-directions-").FullName;
        var record = new DirectionsRecord
        {
            Command = "maep benchmark directions",
            Dataset = "tiny",
            Attack = Attack.Description,
            Seed = 0,
            Classifier = new ModelReference("c.onnx", "00"),
            Purifier = new ModelReference("p.onnx", "11"),
            Pairs = Measure(new Answers(ToyDefences.Images(30).Batches(30).Single().Images)),
        };

        record.Save(Path.Combine(folder, "record"));

        Assert.StartsWith("Over 30 images the directions have a mean cosine of NaN; 0.0 % reach 0.9.", record.Headline(), StringComparison.Ordinal);
        Assert.Contains("\"NaN\"", File.ReadAllText(Path.Combine(folder, "record.json")), StringComparison.Ordinal);
        Assert.Contains("right about P(x_a), non-adaptive", File.ReadAllText(Path.Combine(folder, "record.md")), StringComparison.Ordinal);
        Assert.Contains("<rect", File.ReadAllText(Path.Combine(folder, "record.html")), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static IReadOnlyList<PurifiedPair> Measure(nn.Module<Tensor, Tensor> purifier, EvaluationOptions? options = null) =>
        new DirectionMeasurement(new MeanChannelClassifier(1), purifier, Attack, options ?? new EvaluationOptions()).Measure(ToyDefences.Images(30), _ => { }, default);

    private sealed class Brighten() : nn.Module<Tensor, Tensor>("brighten")
    {
        public override Tensor forward(Tensor input) => input + 0.2;
    }

    private sealed class ToGrey() : nn.Module<Tensor, Tensor>("grey")
    {
        public override Tensor forward(Tensor input) => (input + 0.5) / 2;
    }

    private sealed class Answers(Tensor clean) : nn.Module<Tensor, Tensor>("answers")
    {
        public override Tensor forward(Tensor input) => clean.alias();
    }
}
