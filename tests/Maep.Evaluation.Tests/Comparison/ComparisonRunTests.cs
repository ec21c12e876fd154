using Maep.Attacks;
using Maep.Evaluation.Comparison;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests.Comparison;

public sealed class ComparisonRunTests : IDisposable
{
    private static readonly (nn.Module<Tensor, Tensor> Network, ModelReference Reference) Same = (new Identity(), new ModelReference("same", new string('1', 64)));
    private static readonly (nn.Module<Tensor, Tensor> Network, ModelReference Reference) Dark = (new Darken(), new ModelReference("dark", new string('2', 64)));

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-comparison-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_seed_is_measured_and_the_first_alone_adaptively()
    {
        using var run = Run(seeds: 2);
        List<int> done = [];

        var results = run.Measure(Dark.Network, Dark.Reference, done.Add, default);

        Assert.Equal([8, 16, 24, 30, 38, 46, 54, 60], done);
        Assert.Equal(10, results[0].Adaptive!.Value.Total);
        Assert.Null(results[1].Adaptive);
        Assert.Equal(results[0].PurifiedClean, results[1].PurifiedClean);
    }

    [Fact]
    public void A_cut_comparison_goes_on_in_any_order_and_leaves_nothing()
    {
        using var whole = Run();
        var (same, dark) = (Measure(whole, Same), Measure(whole, Dark));
        whole.Finish();
        using var cancellation = new CancellationTokenSource();
        using var cut = Run();
        Measure(cut, Same);
        Assert.Throws<OperationCanceledException>(() => cut.Measure(Dark.Network, Dark.Reference, _ => cancellation.Cancel(), cancellation.Token));
        var refused = Assert.Throws<InvalidDataException>(() => Run(classifier: "c"));

        using var resumed = Run();
        List<int> done = [];
        var again = resumed.Measure(Dark.Network, Dark.Reference, done.Add, default);
        var kept = resumed.Measure(Same.Network, Same.Reference, done.Add, default);
        resumed.Finish();

        Assert.Equal([16, 24, 30], done); // the first batch of the one and all of the other were kept
        Assert.Equal((dark with { Seconds = 0 }, same with { Seconds = 0 }), (again[0] with { Seconds = 0 }, kept[0] with { Seconds = 0 }));
        Assert.Contains("belongs to another evaluation", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static RobustnessResult Measure(ComparisonRun run, (nn.Module<Tensor, Tensor> Network, ModelReference Reference) purifier) =>
        run.Measure(purifier.Network, purifier.Reference, _ => { }, default)[0];

    private ComparisonRun Run(int seeds = 1, string classifier = "b") => new(new MeanChannelClassifier(1), new ModelReference("classifier", new string(classifier[0], 64)),
        new ProjectedGradientDescent(new PgdOptions { Epsilon = 0.1, StepSize = 0.05, Steps = 3 }), seeds, ToyDefences.Images(30),
        new EvaluationOptions { BatchSize = 8, AdaptiveImages = 10, StatePath = Path.Combine(_folder, "run.state.json") });
}
