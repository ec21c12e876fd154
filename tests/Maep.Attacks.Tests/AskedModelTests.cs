using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

/// <summary>What a model may answer, and what is said of the rest.</summary>
public sealed class AskedModelTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Attacks => ["pgd", "apgd-ce", "apgd-t", "fab", "square", "rays"];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void A_score_that_is_no_number_is_refused_with_the_model_the_image_and_the_value(float value, string text)
    {
        var model = CheckedModel.Classifier(new Answering(images => Scores(images.shape[0], row: 2, value)), "net.onnx");

        var error = Assert.Throws<InvalidDataException>(() => new AskedModel(model).Scores(zeros(4, 3, 8, 8), new ImageStreams(0, 10, 4)));

        Assert.StartsWith($"net.onnx gives image 12 (counted from 0) the score {text} for class 1; a score must be", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_infinity_is_a_class_that_the_classifier_does_not_know_and_only_all_of_them_are_refused()
    {
        var some = new AskedModel(new Answering(images => Scores(images.shape[0], row: 1, float.NegativeInfinity)));
        var all = new AskedModel(new Answering(images => full([images.shape[0], 3], float.NegativeInfinity)));

        Assert.Equal([0, 0, 0], some.Right(zeros(3, 3, 8, 8), tensor(new long[] { 0, 0, 0 }), new ImageStreams(0, 0, 3)).logical_not().to(ScalarType.Int64).data<long>());
        Assert.Contains("negative infinity for every class", Assert.Throws<InvalidDataException>(() => all.Scores(zeros(3, 3, 8, 8), new ImageStreams(0, 0, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_output_is_refused_with_what_to_do()
    {
        var model = new AskedModel(new Answering(images => images.mean([2, 3]).narrow(1, 0, 1)));

        var error = Assert.Throws<InvalidDataException>(() => model.Scores(zeros(3, 3, 8, 8), new ImageStreams(0, 0, 3)));

        Assert.Contains("into the two logits 0 and z", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_purifier_and_a_classifier_the_one_at_fault_is_named()
    {
        var purifier = CheckedModel.Purifier(new Answering(images => images / where(images.eq(0.5), 0f, 1f)), "purifier.onnx");
        var classifier = CheckedModel.Classifier(new Answering(images => images.mean([2, 3])), "net.onnx");
        var images = ones(3, 3, 8, 8) / 4;
        images[1, 2, 3, 3] = 0.5;

        var error = Assert.Throws<InvalidDataException>(() => new AskedModel(new Answering(asked => classifier.call(purifier.call(asked)))).Scores(images, new ImageStreams(0, 0, 3)));

        Assert.StartsWith("purifier.onnx gives image 1 (counted from 0) the pixel value Infinity; purified images must be", error.Message, StringComparison.Ordinal);
    }

    // The classifier is right about clean images, and fails on what an attack makes of the second.
    [Theory, MemberData(nameof(Attacks))]
    public void Every_attack_refuses_scores_that_are_no_numbers_with_the_index_in_the_data_set(string name)
    {
        using var inner = new HalvesClassifier();
        var (images, _) = HalvesClassifier.Batch(3, seed: 6);
        var labels = inner.call(images).argmax(1);
        var second = images[1].clone();
        var model = new Answering(asked =>
        {
            var (scores, near) = (inner.call(asked), (asked - second).abs().flatten(1).amax([1]));
            return scores + where(near.gt(0).logical_and(near.lt(0.03)), full_like(near, float.NaN), zeros_like(near)).unsqueeze(1);
        });

        var error = Assert.Throws<InvalidDataException>(() => Make(name).Perturb(model, images, labels, new ImageStreams(1, 40, 3)).Dispose());

        Assert.Contains("gives image 41 (counted from 0) the score NaN for class 0", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pgd")]
    [InlineData("apgd-ce")]
    [InlineData("apgd-t")]
    [InlineData("fab")]
    public void A_gradient_that_is_no_number_is_refused_and_no_silent_no_op(string name)
    {
        using var inner = new HalvesClassifier();
        var (images, _) = HalvesClassifier.Batch(3, seed: 6);
        var labels = inner.call(images).argmax(1);
        // Finite everywhere, with the slope 0/0 where the root of a square meets 0: everywhere.
        var model = new Answering(asked => inner.call(asked) + (asked - asked).square().flatten(1).sum(1, keepdim: true).sqrt());

        var error = Assert.Throws<InvalidDataException>(() => Make(name).Perturb(model, images, labels, new ImageStreams(1, 40, 3)).Dispose());

        Assert.Contains("gives image 40 (counted from 0) the gradient NaN, along which no attack can move", error.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Attacks))]
    [InlineData("autoattack")]
    [InlineData("fab-t")]
    public void A_cancelled_attack_asks_the_model_no_further_question(string name)
    {
        using var inner = new HalvesClassifier();
        var (images, _) = HalvesClassifier.Batch(3, seed: 6);
        var labels = inner.call(images).argmax(1);
        using var stop = new CancellationTokenSource();
        var asked = 0;
        var model = new Answering(some =>
        {
            if (++asked == 3)
                stop.Cancel();
            return inner.call(some);
        });

        Assert.Throws<OperationCanceledException>(() => Make(name).Perturb(model, images, labels, new ImageStreams(1, 0, 3), stop.Token).Dispose());

        Assert.Equal(3, asked);
    }

    [Fact]
    public void Each_draw_of_a_mean_gradient_can_be_the_last()
    {
        using var inner = new HalvesClassifier();
        var (images, _) = HalvesClassifier.Batch(3, seed: 6);
        var labels = inner.call(images).argmax(1);
        using var stop = new CancellationTokenSource();
        var asked = 0;
        var model = new Answering(some =>
        {
            if (++asked == 7)
                stop.Cancel();
            return inner.call(some);
        });

        Assert.Throws<OperationCanceledException>(() => Make("pgd").Perturb(new ExpectationOverTransformation(model, draws: 20), images, labels, new ImageStreams(1, 0, 3), stop.Token).Dispose());

        Assert.Equal(7, asked);
    }

    // A radius at which nothing is fooled.
    private static IAttack Make(string name) => name switch
    {
        "pgd" => new ProjectedGradientDescent(new PgdOptions { Epsilon = 0.0001, StepSize = 0.0001 }),
        "apgd-ce" => new AutoProjectedGradientDescent(new ApgdOptions { Epsilon = 0.0001 }),
        "apgd-t" => new AutoProjectedGradientDescent(new ApgdOptions { Epsilon = 0.0001, Loss = ApgdLoss.TargetedDlr }),
        "fab" => new FastAdaptiveBoundary(new FabOptions { Epsilon = 0.0001, Targeted = false }),
        "fab-t" => new FastAdaptiveBoundary(new FabOptions { Epsilon = 0.0001 }),
        "square" => new SquareAttack(new SquareOptions { Epsilon = 0.0001 }),
        "rays" => new RaysAttack(new RaysOptions { Epsilon = 0.0001, Queries = 500 }),
        _ => new AutoAttack(new AutoAttackOptions { Epsilon = 0.0001 }),
    };

    private static Tensor Scores(long count, int row, float value)
    {
        var scores = tensor(new float[] { 3, 2, 1 }).repeat(count, 1);
        scores[row, 1] = value;
        return scores;
    }

    private sealed class Answering(Func<Tensor, Tensor> answer) : nn.Module<Tensor, Tensor>("answering")
    {
        public override Tensor forward(Tensor input) => answer(input);
    }
}
