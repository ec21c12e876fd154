using Maep.Attacks;
using Maep.Evaluation.Protocols;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests.Protocols;

public sealed class ProtocolRunTests : IDisposable
{
    private const double Epsilon = 0.1;

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-protocol-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_worst_case_is_taken_image_by_image()
    {
        var result = Run(new DefenceUnderTest(new MeanChannelClassifier(1), new Darken()), Both(Pgd(1)));
        var found = result with { Findings = [.. result.Findings.Zip(["1100", "1010"], (finding, verdicts) => finding with { Verdicts = new AttackVerdicts { Robust = verdicts } })] };

        Assert.Equal([2, 2], found.Findings.Select(finding => finding.Robust.Correct));
        Assert.Equal(new AccuracyCount(1, 4), found.WorstCase);
        Assert.Equal(new AccuracyCount(2, 4), found.WorstNonAdaptive);
    }

    [Fact]
    public void A_purifier_that_fools_the_ignorant_attacker_only_falls_in_the_worst_case()
    {
        var result = Run(new DefenceUnderTest(new MeanChannelClassifier(-1), new Invert()), Both(Pgd(5)));

        Assert.True(result.WorstNonAdaptive!.Value.Correct > result.WorstCase.Correct);
    }

    [Fact]
    public void A_run_that_was_killed_goes_on_with_the_batch_that_was_cut_and_ends_the_same()
    {
        var state = Path.Combine(_folder, "run.state.json");
        var (protocol, defence) = (Both(Pgd(3)), new DefenceUnderTest(new MeanChannelClassifier(1), new Darken()));
        var expected = Run(defence, protocol);
        using var stop = new CancellationTokenSource();
        var before = new List<(string, int)>();
        Assert.Throws<OperationCanceledException>(() => Run(defence, protocol, state, (attack, done, _) =>
        {
            before.Add((attack, done));
            if (before.Count == 6)
                stop.Cancel();
        }, stop.Token));
        Assert.True(File.Exists(state));

        var after = new List<(string, int)>();
        var result = Run(defence, protocol, state, (attack, done, _) => after.Add((attack, done)));

        Assert.Equal([before[^1]], before.Intersect(after));
        Assert.Equal(expected.Findings.Select(finding => finding.Verdicts.Robust), result.Findings.Select(finding => finding.Verdicts.Robust));
        Assert.False(File.Exists(state));
    }

    [Fact]
    public void A_run_that_is_cut_within_an_attack_keeps_finished_batches_and_ends_the_same_to_the_bit()
    {
        var state = Path.Combine(_folder, "run.state.json");
        var protocol = Both(("Square", new SquareAttack(new SquareOptions { Epsilon = Epsilon / 10, Queries = 20 })), Pgd(3));
        var expected = Run(new DefenceUnderTest(new MeanChannelClassifier(1), new Darken()), protocol);
        ProtocolResult? result = null;
        var cuts = 0;
        for (; result is null; cuts++)
        {
            using var stop = new CancellationTokenSource();
            var (inner, questions) = (new MeanChannelClassifier(1), 0);
            var classifier = new Answering(images =>
            {
                if (++questions == 70)
                    stop.Cancel();
                return inner.call(images);
            });
            try
            {
                result = Run(new DefenceUnderTest(classifier, new Darken()), protocol, state, cancellation: stop.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(70, questions);
            }
        }

        Assert.InRange(cuts, 4, 20);
        Assert.Equal(expected.Findings.Select(finding => finding.Verdicts with { Seconds = 0 }), result.Findings.Select(finding => finding.Verdicts with { Seconds = 0 }));
    }

    [Fact]
    public void A_network_that_answers_what_is_no_number_is_named_and_never_counted()
    {
        var classifier = CheckedModel.Classifier(new Answering(images => new MeanChannelClassifier(1).call(images) * float.NaN), "net.onnx");

        var error = Assert.Throws<InvalidDataException>(() => Run(new DefenceUnderTest(classifier, new Darken()), Both(Pgd(1))));

        Assert.StartsWith("net.onnx gives image 0 (counted from 0) the score NaN for class 0;", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_another_run_or_a_damaged_one_is_refused()
    {
        var state = Path.Combine(_folder, "run.state.json");
        var defence = new DefenceUnderTest(new MeanChannelClassifier(1), new Darken());
        File.WriteAllText(state, """{ "run": "another", "attacks": {} }""");
        Assert.Contains("another evaluation", Assert.Throws<InvalidDataException>(() => Run(defence, Both(Pgd(1)), state)).Message, StringComparison.Ordinal);

        File.WriteAllText(state, "{ ");
        Assert.Contains("delete it", Assert.Throws<InvalidDataException>(() => Run(defence, Both(Pgd(1)), state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attacks_with_fewer_images_narrow_the_worst_case_to_them()
    {
        var protocol = Both(Pgd(2));
        protocol = protocol with { Attacks = [.. protocol.Attacks, new ProtocolAttack("RayS", AttackerKnowledge.Query, new RaysAttack(new RaysOptions { Epsilon = Epsilon, Queries = 50 }), Images: 4)] };

        var result = Run(new DefenceUnderTest(new MeanChannelClassifier(1), new Darken()), protocol);

        Assert.Equal(4, result.WorstCase.Total);
        Assert.Equal(30, result.Findings[0].Robust.Total);
    }

    [Theory]
    [InlineData("quick", 2)]
    [InlineData("paper", 4)]
    [InlineData("trust", 12)]
    public void A_named_protocol_has_its_attacks_under_distinct_titles(string name, int attacks)
    {
        var protocol = Protocol.Named(name, 8.0 / 255);

        Assert.Equal(attacks, protocol.Attacks.DistinctBy(attack => attack.Title).Count());
        Assert.Equal(attacks, protocol.Attacks.Count);
        Assert.Contains(protocol.Attacks, attack => attack.Knowledge == AttackerKnowledge.Adaptive);
    }

    [Fact]
    public void A_random_defence_is_judged_by_one_draw_by_the_vote_and_by_the_worst_draw()
    {
        var result = Run(new DefenceUnderTest(new MeanChannelClassifier(1), new Flickering()), Both(Pgd(1)));

        var adaptive = result.Findings[1];
        Assert.True(result.CleanWorstDraw!.Value.Correct < result.CleanMajorityVote!.Value.Correct, $"worst draw {result.CleanWorstDraw}, vote {result.CleanMajorityVote}");
        Assert.True(adaptive.WorstDraw!.Value.Correct <= adaptive.MajorityVote!.Value.Correct);
        Assert.Equal(30, adaptive.Robust.Total);
        Assert.Null(Run(new DefenceUnderTest(new MeanChannelClassifier(1), new Darken()), Both(Pgd(1))).Findings[1].MajorityVote);
    }

    [Fact]
    public void Against_a_random_defence_success_counts_after_the_search_and_autoattack_is_its_version_rand()
    {
        var (steady, random) = (Adaptive(random: false), Adaptive(random: true));

        Assert.All(steady, description => Assert.DoesNotContain("rand ", description, StringComparison.Ordinal));
        Assert.Contains("success during the search", steady[0], StringComparison.Ordinal);
        Assert.DoesNotContain("success during the search", random[0], StringComparison.Ordinal);
        Assert.StartsWith("AutoAttack rand", random[1], StringComparison.Ordinal);

        static string[] Adaptive(bool random) => [.. Protocol.Named("paper", 8.0 / 255, random: random).Attacks.Where(attack => attack.Knowledge == AttackerKnowledge.Adaptive).Select(attack => attack.Attack.Description)];
    }

    [Fact]
    public void Without_a_purifier_no_attacker_ignores_one()
    {
        var protocol = Protocol.Named("trust", 8.0 / 255, purified: false, transfer: true);

        Assert.DoesNotContain(protocol.Attacks, attack => attack.Knowledge is AttackerKnowledge.NonAdaptive or AttackerKnowledge.Approximate);
        Assert.Contains(protocol.Attacks, attack => attack.Knowledge == AttackerKnowledge.Transfer);
    }

    internal static Protocol Both(params (string Name, IAttack Attack)[] attacks) => new("test", Epsilon,
        [.. attacks.SelectMany(pair => new[] { AttackerKnowledge.NonAdaptive, AttackerKnowledge.Adaptive }.Select(knowledge => new ProtocolAttack(pair.Name, knowledge, pair.Attack)))], []);

    internal static (string Name, IAttack Attack) Pgd(int steps) =>
        ($"PGD-{steps}", new ProjectedGradientDescent(new PgdOptions { Epsilon = Epsilon, StepSize = Epsilon / 2, Steps = steps }));

    internal static ProtocolResult Run(DefenceUnderTest defence, Protocol protocol, string? state = null, Action<string, int, int>? progress = null, CancellationToken cancellation = default)
    {
        var run = new ProtocolRun(defence, DefenceProbe.Of(defence, ToyDefences.Images(30), cancellation), protocol, new ProtocolOptions { BatchSize = 8, StatePath = state, Subject = "toys" });
        var result = run.Run(ToyDefences.Images(30), progress ?? ((_, _, _) => { }), cancellation);
        run.Finish();
        return result;
    }
}
