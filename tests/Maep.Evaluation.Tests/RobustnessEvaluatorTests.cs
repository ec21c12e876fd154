using Maep.Attacks;
using Maep.Evaluation.Protocols;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests;

public sealed class RobustnessEvaluatorTests
{
    private static readonly ProjectedGradientDescent Attack = new ProjectedGradientDescent(new PgdOptions { Epsilon = 0.1, StepSize = 0.05, Steps = 3 });

    [Fact]
    public void Behind_an_identity_purifier_the_attack_is_as_strong_as_on_the_bare_classifier()
    {
        var result = Evaluate(new Identity(), Attack);

        Assert.Equal(result.BareClean, result.PurifiedClean);
        Assert.Equal(result.BareRobust, result.NonAdaptive);
        Assert.Equal(100, result.Psnr);
        Assert.Equal(1, result.Ssim!.Value, 1e-5);
        Assert.True(result.BareRobust.Correct < result.BareClean.Correct, "the attack found nothing");
    }

    [Fact]
    public void Robust_never_exceeds_clean()
    {
        // An attack on the bare classifier helps behind a purifier that inverts: images that were wrong there become right, and must not count.
        var (classifier, images) = (new MeanChannelClassifier(-1), ToyDefences.Images(30));
        using var bytes = images.PixelTensor();
        var attacked = Attack.Perturb(classifier, LabelledImages.ToUnitRange(bytes), images.LabelTensor(), new ImageStreams(0, 0, 30));
        var rightAfterwards = new Invert().call(attacked) is var purified ? classifier.call(purified).argmax(1).eq(images.LabelTensor()).sum().item<long>() : 0;

        var result = Evaluate(new Invert(), Attack, classifier);

        Assert.True(rightAfterwards > result.PurifiedClean!.Value.Correct, $"{rightAfterwards} right on attacked images, {result.PurifiedClean}");
        Assert.True(result.NonAdaptive!.Value.Correct <= result.PurifiedClean!.Value.Correct);
        Assert.True(result.BareRobust.Correct <= result.BareClean.Correct);
        Assert.True(result.Adaptive!.Value.Correct <= result.AdaptiveClean!.Value.Correct);
    }

    [Fact]
    public void A_purifier_that_hides_the_gradient_direction_falls_to_the_adaptive_attack_only()
    {
        // Inverting the image turns every attack on the bare classifier into help; only the adaptive attack sees that.
        var result = Evaluate(new Invert(), Attack, new MeanChannelClassifier(-1));

        Assert.True(result.Adaptive!.Value.Share < result.NonAdaptive!.Value.Share);
    }

    [Fact]
    public void Epsilon_zero_changes_nothing()
    {
        var result = Evaluate(new Darken(), new ProjectedGradientDescent(new PgdOptions { Epsilon = 0 }));

        Assert.Equal(result.BareClean, result.BareRobust);
        Assert.Equal(result.PurifiedClean, result.NonAdaptive);
        Assert.Equal(result.AdaptiveClean, result.Adaptive);
    }

    [Fact]
    public void The_adaptive_attack_stops_at_its_own_number_of_images()
    {
        var result = Evaluate(new Identity(), Attack, adaptiveImages: 7);

        Assert.Equal(7, result.Adaptive!.Value.Total);
        Assert.Equal(30, result.NonAdaptive!.Value.Total);
    }

    [Fact]
    public void Without_a_purifier_only_the_bare_classifier_is_measured()
    {
        var result = new RobustnessEvaluator(new DefenceUnderTest(new MeanChannelClassifier(1), null), Attack, new EvaluationOptions()).Evaluate(ToyDefences.Images(30), _ => { }, default);

        Assert.Null(result.PurifiedClean);
        Assert.Equal(30, result.BareClean.Total);
    }

    [Fact]
    public void Attacks_with_randomness_by_image_count_the_same_in_batches_of_any_size()
    {
        // One step from a random start: which images fall depends on where each starts.
        var attack = new AutoProjectedGradientDescent(new ApgdOptions { Epsilon = 0.05, Steps = 1 });
        RobustnessResult Batched(int size) => new RobustnessEvaluator(new DefenceUnderTest(new MeanChannelClassifier(1), new Darken()), attack, new EvaluationOptions { BatchSize = size }).Evaluate(ToyDefences.Images(30), _ => { }, default);

        var (small, large) = (Batched(7), Batched(30));

        Assert.Equal((large.BareRobust, large.NonAdaptive, large.Adaptive), (small.BareRobust, small.NonAdaptive, small.Adaptive));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(250)]
    public void A_cut_evaluation_goes_on_without_repeating_a_batch_and_leaves_no_state(int nameLength)
    {
        var folder = Directory.CreateTempSubdirectory("maep-evaluator-").FullName;
        var options = new EvaluationOptions { BatchSize = 8, AdaptiveImages = 20, StatePath = Path.Combine(folder, $"{new string('n', nameLength)}.state.json"), Subject = "toys" };
        var whole = Evaluate(new Darken(), Attack, adaptiveImages: 20);
        using var cancellation = new CancellationTokenSource();
        List<int> done = [];

        Assert.Throws<OperationCanceledException>(() => Resumable(options).Evaluate(ToyDefences.Images(30), _ => cancellation.Cancel(), cancellation.Token));
        var other = Assert.Throws<InvalidDataException>(() => Resumable(options with { Subject = "other toys" }).Evaluate(ToyDefences.Images(30), _ => { }, default));
        var images = ToyDefences.Images(30);
        var relabelled = images.Select([.. Enumerable.Range(0, 30)], name => name == "red" ? 0 : 1);
        Assert.Throws<InvalidDataException>(() => Resumable(options).Evaluate(relabelled, _ => { }, default));
        var last = Resumable(options);
        var resumed = last.Evaluate(images, done.Add, default);
        Assert.Single(Directory.GetFiles(folder)); // until the result is reported
        last.Finish();

        Assert.Equal([16, 24, 30], done);
        Assert.Equal(whole with { Seconds = 0 }, resumed with { Seconds = 0 });
        Assert.Contains("belongs to another evaluation", other.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
        Directory.Delete(folder);

        RobustnessEvaluator Resumable(EvaluationOptions settings) => new(new DefenceUnderTest(new MeanChannelClassifier(1), new Darken()), Attack, settings);
    }

    [Fact]
    public void An_evaluation_that_is_cut_within_an_attack_ends_the_same_to_the_bit()
    {
        var folder = Directory.CreateTempSubdirectory("maep-evaluator-").FullName;
        var options = new EvaluationOptions { BatchSize = 8, AdaptiveImages = 20, StatePath = Path.Combine(folder, "run.state.json"), Subject = "toys" };
        var attack = new AutoAttack(PerturbationNorm.Linf, 0.02,
        [
            ("apgd-ce", new AutoProjectedGradientDescent(new ApgdOptions { Epsilon = 0.02, Steps = 3 })),
            ("square", new SquareAttack(new SquareOptions { Epsilon = 0.02, Queries = 10 })),
        ]);
        var whole = Evaluate(new Darken(), attack, adaptiveImages: 20);
        RobustnessResult? resumed = null;
        var cuts = 0;
        for (; resumed is null; cuts++)
        {
            using var stop = new CancellationTokenSource();
            var (inner, questions) = (new MeanChannelClassifier(1), 0);
            var classifier = new Answering(images =>
            {
                if (++questions == 60)
                    stop.Cancel();
                return inner.call(images);
            });
            try
            {
                resumed = new RobustnessEvaluator(new DefenceUnderTest(classifier, new Darken()), attack, options).Evaluate(ToyDefences.Images(30), _ => { }, stop.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(60, questions);
            }
        }
        Directory.Delete(folder, recursive: true);

        Assert.InRange(cuts, 2, 10);
        Assert.Equal(whole with { Seconds = 0 }, resumed with { Seconds = 0 });
    }

    [Fact]
    public void Scores_that_are_no_numbers_are_no_accuracy()
    {
        var error = Assert.Throws<InvalidDataException>(() => Evaluate(new Darken(), Attack, new Answering(images => full([images.shape[0], 3], float.NaN))));

        Assert.StartsWith("answering gives image 0 (counted from 0) the score NaN for class 0; a score must be a finite number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_purifier_that_gives_what_is_no_image_is_named_with_the_image()
    {
        // The 12th image has one value that no other has.
        var images = ToyDefences.Images(30);
        using var bytes = images.PixelTensor();
        var twelfth = LabelledImages.ToUnitRange(bytes)[11];
        var purifier = CheckedModel.Purifier(new Answering(asked => asked + where((asked - twelfth).abs().amax([1, 2, 3], keepdim: true).eq(0), float.NaN, 0f)), "purifier.onnx");

        var error = Assert.Throws<InvalidDataException>(() => Evaluate(purifier, Attack));

        Assert.StartsWith("purifier.onnx gives image 11 (counted from 0) the pixel value NaN; purified images must be finite numbers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_attack_that_finds_no_gradient_to_follow_says_so()
    {
        var (killed, steady) = (Evaluate(new GradientKiller(), Attack), Evaluate(new Darken(), Attack));
        var asked = Evaluate(new GradientKiller(), new SquareAttack(new SquareOptions { Epsilon = 0.01, Queries = 2 }));

        Assert.Equal(1, killed.WithoutGradient);
        Assert.Null(steady.WithoutGradient);
        Assert.Null(asked.WithoutGradient);
    }

    [Fact]
    public void No_images_are_refused()
    {
        var evaluator = new RobustnessEvaluator(new DefenceUnderTest(new MeanChannelClassifier(1), null), Attack, new EvaluationOptions());

        var error = Assert.Throws<ArgumentException>(() => evaluator.Evaluate(ToyDefences.Images(30).Take(0), _ => { }, default));

        Assert.Contains("at least 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_of_a_random_purifier_are_averaged_and_the_record_says_so()
    {
        var (random, steady) = (Evaluate(new Flickering(), Attack), Evaluate(new Darken(), Attack));

        Assert.Equal(20, random.GradientDraws);
        Assert.Null(steady.GradientDraws);
    }

    [Fact]
    public void An_attack_with_a_form_for_random_defences_takes_it_there_only()
    {
        var attack = new TwoForms("steady", new TwoForms("rand", null));

        Assert.Equal("rand", Evaluate(new Flickering(), attack).AdaptiveAttack);
        Assert.Null(Evaluate(new Darken(), attack).AdaptiveAttack);
    }

    private sealed class TwoForms(string description, IAttack? random) : IAttack
    {
        public string Description => description;

        public IAttack ForRandomDefence => random ?? this;

        public Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams, CancellationToken cancellation = default) => images.clone();
    }

    private static RobustnessResult Evaluate(nn.Module<Tensor, Tensor> purifier, IAttack attack, nn.Module<Tensor, Tensor>? classifier = null, int adaptiveImages = 30) =>
        new RobustnessEvaluator(new DefenceUnderTest(classifier ?? new MeanChannelClassifier(1), purifier), attack, new EvaluationOptions { BatchSize = 8, AdaptiveImages = adaptiveImages })
            .Evaluate(ToyDefences.Images(30), _ => { }, default);
}
