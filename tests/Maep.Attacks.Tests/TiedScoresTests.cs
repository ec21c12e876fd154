using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

/// <summary>Classifiers whose scores tie: quantised logits, votes of trees. An image is fooled where the classifier answers another class than the label, and at nothing less.</summary>
public sealed class TiedScoresTests : IDisposable
{
    private readonly Rounded _model = new();

    public static TheoryData<string> Attacks => ["apgd-ce", "apgd-dlr", "apgd-t", "fab", "fab-t", "square", "rays", "autoattack"];

    public void Dispose() => _model.Dispose();

    [Theory, MemberData(nameof(Attacks))]
    public void Only_images_that_the_classifier_gets_wrong_are_changed(string name)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Batch();
        var attack = Make(name);

        var adversarial = attack.Perturb(_model, images, labels, new ImageStreams(1, 0, images.shape[0]));

        var changed = attack.Norm.Measure(adversarial - images).gt(0);
        var right = _model.call(adversarial).argmax(1).eq(labels);
        Assert.Equal(0, changed.logical_and(right).sum().item<long>());
    }

    [Theory, MemberData(nameof(Attacks))]
    public void What_a_search_reports_is_what_the_classifier_answers_on_its_images(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (images, labels) = Batch();
        var streams = new ImageStreams(1, 0, images.shape[0]);

        var reported = Make(name).Search(new AskedModel(_model), images, labels, streams).Fooled.logical_not();
        var adversarial = Make(name).Perturb(_model, images, labels, streams);

        Assert.Equal(_model.call(adversarial).argmax(1).eq(labels).data<bool>(), reported.data<bool>());
        Assert.InRange(reported.sum().item<long>(), 0, images.shape[0] - 1);
    }

    [Fact]
    public void Square_goes_on_at_a_tie_until_the_answer_changes()
    {
        using var scope = NewDisposeScope();
        // The label comes first, so that it wins every tie: only a margin below 0 fools.
        var images = full([8, 3, 8, 8], 0.5f);
        var labels = zeros(8, ScalarType.Int64);
        Assert.Equal(0, AttackLoss.Margin(_model.call(images), labels).abs().max().item<float>());

        var adversarial = new SquareAttack(new SquareOptions { Epsilon = 0.2, Queries = 500 }).Perturb(_model, images, labels, new ImageStreams(1, 0, 8));

        Assert.All(_model.call(adversarial).argmax(1).data<long>(), answer => Assert.NotEqual(0, answer));
    }

    [Fact]
    public void A_decision_is_the_first_of_equals_in_rows_of_any_length()
    {
        using var scope = NewDisposeScope();
        foreach (var classes in (int[])[2, 3, 10, 100, 1000])
        {
            var scores = tensor(Enumerable.Range(0, 64 * classes).Select(at => (float)(at * 7919L % 13 / 4)).ToArray(), [64, classes]);

            var rows = scores.data<float>().ToArray().Chunk(classes);
            Assert.Equal(rows.Select(row => (long)Array.IndexOf(row, row.Max())), Decision.Of(scores).data<long>());
        }
    }

    [Fact]
    public void A_targeted_attack_never_aims_at_the_label_even_where_another_class_ties_with_it()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new float[] { 2, 5, 5, 1, 5, 3, 1, 0 }, [2, 4]);

        var targets = TargetClasses.MostLikely(scores, tensor(new long[] { 1, 0 }), 9);

        Assert.Equal([2, 0, 3, 1, 2, 3], targets.data<long>());
    }

    // Labels as the classifier gives them; some of its greatest scores are tied before any attack.
    private (Tensor Images, Tensor Labels) Batch()
    {
        var (images, _) = HalvesClassifier.Batch(24, seed: 11);
        return (images, _model.call(images).argmax(1));
    }

    private static BoundedAttack Make(string name) => name switch
    {
        "apgd-ce" => new AutoProjectedGradientDescent(new ApgdOptions { Epsilon = 0.03, Steps = 10 }),
        "apgd-dlr" => new AutoProjectedGradientDescent(new ApgdOptions { Epsilon = 0.03, Steps = 10, Loss = ApgdLoss.Dlr }),
        "apgd-t" => new AutoProjectedGradientDescent(new ApgdOptions { Epsilon = 0.03, Steps = 10, Loss = ApgdLoss.TargetedDlr }),
        "fab" => new FastAdaptiveBoundary(new FabOptions { Epsilon = 0.03, Steps = 10, Targeted = false }),
        "fab-t" => new FastAdaptiveBoundary(new FabOptions { Epsilon = 0.03, Steps = 10 }),
        "square" => new SquareAttack(new SquareOptions { Epsilon = 0.03, Queries = 300 }),
        "rays" => new RaysAttack(new RaysOptions { Epsilon = 0.03, Queries = 300 }),
        _ => new AutoAttack(PerturbationNorm.Linf, 0.03, [("apgd-t", Make("apgd-t")), ("square", Make("square"))]),
    };

    /// <summary>Logits rounded to whole numbers, with the gradient of those before: an attack finds its way, and scores tie.</summary>
    private sealed class Rounded() : nn.Module<Tensor, Tensor>(nameof(Rounded))
    {
        private readonly HalvesClassifier _inner = new();

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var logits = _inner.call(input) * 2;
            return (logits + (logits.round() - logits).detach()).MoveToOuterDisposeScope();
        }
    }
}
