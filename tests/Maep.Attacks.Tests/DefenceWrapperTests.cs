using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

/// <summary>Expectation over transformation, backward pass approximation and black boxes: what attacks see through the wrappers.</summary>
public sealed class DefenceWrapperTests
{
    [Fact]
    public void Expectation_gives_the_mean_gradient_and_the_answers_of_the_last_draw()
    {
        using var scope = NewDisposeScope();
        using var defence = new Fickle(1, 2, 6);
        using var expectation = new ExpectationOverTransformation(defence, draws: 3);
        var images = rand(2, 3, 8, 8);

        var (logits, values, gradient) = LossGradient.At(new AskedModel(expectation), images, new ImageStreams(0, 0, 2), answers => answers.select(1, 0));

        // A logit is the mean of 64 pixels times the factor of the draw; the mean factor is 3.
        var expected = zeros_like(images);
        expected.select(1, 0).fill_(3.0 / 64);
        Assert.Equal(3, defence.Draws);
        Assert.True(TinyImages.Largest((gradient - expected).abs()) < 1e-7);
        Assert.True(TinyImages.Largest((logits - (images.mean([2, 3]) * 6)).abs()) < 1e-6);
        Assert.Equal(TinyImages.Values(logits.select(1, 0)), TinyImages.Values(values));
    }

    [Fact]
    public void Every_step_of_an_attack_averages_over_the_draws()
    {
        using var defence = new Fickle(1);
        using var batch = new TinyImages(2, seed: 1);

        using var adversarial = new ProjectedGradientDescent(new PgdOptions { Steps = 4 })
            .Perturb(new ExpectationOverTransformation(defence, draws: 5), batch.Images, batch.Labels, new Generator(1));

        Assert.Equal(4 * 5, defence.Draws);
    }

    [Fact]
    public void Expectation_refuses_0_draws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExpectationOverTransformation(new Fickle(1), draws: 0));
    }

    [Fact]
    public void Approximation_answers_as_the_wrapped_part_bit_for_bit_and_passes_gradients_unchanged()
    {
        using var scope = NewDisposeScope();
        using var quantised = new BackwardPassApproximation(FourLevels);
        var images = rand(2, 3, 8, 8).requires_grad_();

        var answer = quantised.call(images);
        var gradient = autograd.grad([(answer * 5).sum()], [images])[0];

        Assert.Equal(TinyImages.Values(FourLevels(images)), TinyImages.Values(answer));
        Assert.All(TinyImages.Values(gradient), value => Assert.Equal(5, value));
    }

    [Fact]
    public void Approximation_differentiates_as_the_given_stand_in()
    {
        using var scope = NewDisposeScope();
        using var quantised = new BackwardPassApproximation(FourLevels, images => images.square());
        var images = rand(2, 3, 8, 8).requires_grad_();

        var answer = quantised.call(images);
        var gradient = autograd.grad([answer.sum()], [images])[0];

        Assert.Equal(TinyImages.Values(FourLevels(images)), TinyImages.Values(answer));
        Assert.All(TinyImages.Values(images).Zip(TinyImages.Values(gradient)), pair => Assert.Equal(2 * pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void A_defence_without_gradients_falls_once_they_are_approximated()
    {
        using var scope = NewDisposeScope();
        var (middle, _) = HalvesClassifier.Batch(12, seed: 1);
        var images = ((middle - 0.5) * 4 + 0.5).clamp(0, 1); // over all four levels
        using var classifier = new HalvesClassifier();
        using var exact = nn.Sequential(("quantise", new Exact(FourLevels)), ("classify", (nn.Module<Tensor, Tensor>)new HalvesClassifier()));
        using var approximated = nn.Sequential(("quantise", new BackwardPassApproximation(FourLevels)), ("classify", (nn.Module<Tensor, Tensor>)new HalvesClassifier()));
        var labels = exact.call(images).argmax(1);
        var attack = new AutoProjectedGradientDescent(new ApgdOptions { Epsilon = 0.03, Steps = 20 });

        var blind = attack.Perturb(exact, images, labels, new ImageStreams(1, 0, 12));
        var seeing = attack.Perturb(approximated, images, labels, new ImageStreams(1, 0, 12));

        Assert.True(Right(exact, seeing, labels) < Right(exact, blind, labels), $"{Right(exact, seeing, labels)} right with, {Right(exact, blind, labels)} without approximation");
    }

    [Fact]
    public void A_stand_in_of_another_shape_is_refused()
    {
        using var scope = NewDisposeScope();
        using var shrinking = new BackwardPassApproximation(images => images.mean([2, 3]));

        var error = Assert.Throws<InvalidOperationException>(() => shrinking.call(zeros(2, 3, 8, 8)));

        Assert.Equal("The wrapped part gives [2, 3] and its identity [2, 3, 8, 8]; give a stand-in of the same shape.", error.Message);
    }

    [Fact]
    public void Attacks_that_need_gradients_refuse_a_black_box_and_name_those_that_do_not()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = HalvesClassifier.Batch(2, seed: 1);
        using var model = new HalvesClassifier();
        using var blackBox = new BlackBoxClassifier(asked => model.call(asked));

        var error = Assert.Throws<InvalidOperationException>(() =>
            new AutoProjectedGradientDescent(new ApgdOptions()).Perturb(blackBox, images, labels, new ImageStreams(1, 0, 2)));

        Assert.Equal("'BlackBoxClassifier' gives logits without gradients; attack it with Square or RayS, or wrap its opaque part in BackwardPassApproximation.", error.Message);
    }

    [Fact]
    public void Decisions_alone_are_enough_for_rays_which_asks_no_more_than_it_may()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = HalvesClassifier.Batch(6, seed: 2);
        using var model = new HalvesClassifier();
        var (asked, right) = (0L, Right(model, images, labels));
        using var blackBox = BlackBoxClassifier.OfDecisions(
            some =>
            {
                asked += some.shape[0];
                return model.call(some).argmax(1);
            },
            classes: 6);

        var strong = new RaysAttack(new RaysOptions { Epsilon = 0.05, Queries = 500 }).Perturb(blackBox, images, labels, new ImageStreams(1, 0, 6));
        var found = Right(model, strong, labels);
        asked = 0;
        new RaysAttack(new RaysOptions { Epsilon = 0.0001, Queries = 100 }).Perturb(blackBox, images, labels, new ImageStreams(1, 0, 6)).Dispose();

        Assert.Equal((4, 0), (right, found));
        Assert.InRange(asked, right * 100, 6 + (right * 130)); // a binary search under way is finished
    }

    [Fact]
    public void A_checked_model_says_of_its_gradients_what_the_model_says()
    {
        var (rounding, exact) = (CheckedModel.Purifier(new Rounding()), CheckedModel.Classifier(new Exact(images => images)));

        Assert.Equal(("identity", true), (rounding.GradientStandIn, rounding.OptimisesAtTestTime));
        Assert.Equal((null, false), (exact.GradientStandIn, exact.OptimisesAtTestTime));
    }

    private static Tensor FourLevels(Tensor images) => (images * 4).round() / 4;

    private static long Right(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels) => model.call(images).argmax(1).eq(labels).sum().item<long>();

    private sealed class Exact(Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(nameof(Exact))
    {
        public override Tensor forward(Tensor input) => function(input);
    }

    private sealed class Rounding() : nn.Module<Tensor, Tensor>(nameof(Rounding)), IGradientFacts
    {
        public string GradientStandIn => "identity";

        public bool OptimisesAtTestTime => true;

        public override Tensor forward(Tensor input) => FourLevels(input);
    }

    /// <summary>A defence that answers differently from call to call: channel means times one factor after the other.</summary>
    private sealed class Fickle(params double[] factors) : nn.Module<Tensor, Tensor>(nameof(Fickle))
    {
        public int Draws { get; private set; }

        public override Tensor forward(Tensor input) => input.mean([2, 3]) * factors[Draws++ % factors.Length];
    }
}
