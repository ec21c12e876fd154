using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

public sealed class ProjectedGradientDescentTests : IDisposable
{
    private const double Rounding = 1e-6; // of float sums near 1

    private readonly TinyClassifier _model = new();

    private static readonly Gen<(string Kind, bool Linf, double Epsilon, int Steps, int Images, ulong Seed)> Attacks = Gen.Select(
        Gen.OneOfConst("FGSM", "BIM", "PGD", "MI-FGSM"), Gen.Bool, Gen.Double[0, 0.3], Gen.Int[1, 5], Gen.Int[1, 4], Gen.ULong);

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Perturb_refuses_labels_of_another_count()
    {
        using var batch = new TinyImages(3, seed: 1);
        using var labels = zeros(2, ScalarType.Int64);

        var error = Assert.Throws<ArgumentException>(() => new ProjectedGradientDescent(new PgdOptions()).Perturb(_model, batch.Images, labels, new Generator(1)));

        Assert.Contains("Images [3, 3, 8, 8] and labels [2] do not match; give [N, C, H, W] and [N].", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Perturb_keeps_every_image_within_epsilon_and_every_pixel_in_the_unit_range() => Attacks.Sample(
        drawn =>
        {
            using var scope = NewDisposeScope();
            using var random = new Generator(drawn.Seed);
            using var batch = new TinyImages(drawn.Images, drawn.Seed);
            var norm = drawn.Linf ? PerturbationNorm.Linf : PerturbationNorm.L2;
            var options = Kind(drawn.Kind, drawn.Epsilon, drawn.Steps) with { Norm = norm };

            var adversarial = new ProjectedGradientDescent(options).Perturb(_model, batch.Images, batch.Labels, random);

            Assert.Equal(batch.Images.shape, adversarial.shape);
            Assert.True(TinyImages.Largest(norm.Measure(adversarial - batch.Images)) <= drawn.Epsilon + Rounding);
            Assert.All(TinyImages.Values(adversarial), pixel => Assert.InRange(pixel, 0, 1));
        },
        iter: 100, threads: 1);

    [Theory]
    [InlineData("Linf", "PGD")]
    [InlineData("Linf", "MI-FGSM")]
    [InlineData("L2", "PGD")]
    [InlineData("L2", "FGSM")]
    public void Epsilon_0_changes_nothing(string norm, string kind)
    {
        using var random = new Generator(1);
        using var batch = new TinyImages(4, 1);
        var attack = new ProjectedGradientDescent(Kind(kind, 0, 3) with { Norm = PerturbationNorm.Parse(norm), StepSize = 0.1 });

        using var adversarial = attack.Perturb(_model, batch.Images, batch.Labels, random);

        Assert.Equal(TinyImages.Values(batch.Images), TinyImages.Values(adversarial));
    }

    [Theory]
    [InlineData("Linf")]
    [InlineData("L2")]
    public void One_seed_gives_the_same_bits_and_another_seed_others(string norm)
    {
        using var batch = new TinyImages(4, 2);
        var attack = new ProjectedGradientDescent(new PgdOptions { Norm = PerturbationNorm.Parse(norm), Steps = 3, StepSize = 0.001 });

        var first = Perturb(attack, batch, seed: 9);
        var second = Perturb(attack, batch, seed: 9);
        var other = Perturb(attack, batch, seed: 10);

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Attacks_from_the_image_itself_draw_nothing()
    {
        using var batch = new TinyImages(4, 2);
        var attack = new ProjectedGradientDescent(Kind("BIM", 8.0 / 255, 3));

        var (first, second) = (Perturb(attack, batch, seed: 1), Perturb(attack, batch, seed: 2));

        Assert.Equal(first, second);
    }

    [Fact]
    public void Fgsm_is_the_image_plus_epsilon_times_the_sign_of_the_gradient()
    {
        const float epsilon = 8f / 255;
        using var batch = new TinyImages(5, 3);
        var attack = new ProjectedGradientDescent(PgdOptions.FastGradientSign(epsilon));

        var adversarial = Perturb(attack, batch, seed: 1);

        // The logits are channel means, so the loss falls with the channel of the label and rises with the two others.
        var (clean, labels) = (TinyImages.Values(batch.Images), batch.Labels.data<long>().ToArray());
        var expected = clean.Select((pixel, at) => Math.Clamp(pixel + (at / 64 % 3 == labels[at / 192] ? -epsilon : epsilon), 0, 1));
        Assert.All(expected.Zip(adversarial), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-7f));
    }

    [Fact]
    public void One_l2_step_is_the_image_plus_epsilon_times_the_unit_gradient()
    {
        using var scope = NewDisposeScope();
        using var batch = new TinyImages(1, 4);
        var images = (batch.Images * 0.5) + 0.25; // far from the borders: nothing is clamped
        var attack = new ProjectedGradientDescent(PgdOptions.FastGradientSign(0.2) with { Norm = PerturbationNorm.L2 });

        var step = attack.Perturb(_model, images, batch.Labels, new Generator(1)) - images;

        // d loss / d pixel = (softmax - target) / 64, the same for every pixel of a channel.
        var slope = nn.functional.softmax(images.mean([2, 3]), 1) - nn.functional.one_hot(batch.Labels, 3);
        var expected = 0.2 * (slope / (slope.norm() * 8)).reshape(1, 3, 1, 1).expand(1, 3, 8, 8);
        Assert.True(TinyImages.Largest((step - expected).abs()) <= Rounding);
    }

    [Fact]
    public void Momentum_adds_l1_normalised_gradients()
    {
        using var scope = NewDisposeScope();
        using var batch = new TinyImages(3, 5);
        var images = (batch.Images * 0.5) + 0.25;
        var options = new PgdOptions { Norm = PerturbationNorm.L2, Epsilon = 9, StepSize = 1, Steps = 4, RandomStart = false, Momentum = 0.7 };

        var adversarial = new ProjectedGradientDescent(options).Perturb(_model, images, batch.Labels, new Generator(1));

        var (expected, velocity) = (images, zeros_like(images));
        for (var step = 0; step < 4; step++)
        {
            var slope = nn.functional.softmax(expected.mean([2, 3]), 1) - nn.functional.one_hot(batch.Labels, 3);
            var gradient = slope.reshape(3, 3, 1, 1).expand(3, 3, 8, 8);
            velocity = (0.7 * velocity) + (gradient / gradient.abs().sum([1, 2, 3], keepdim: true));
            expected = (expected + (velocity / velocity.flatten(1).norm(1, false, 2).reshape(3, 1, 1, 1))).clamp(0, 1);
        }
        Assert.True(TinyImages.Largest((adversarial - expected).abs()) <= 1e-5);
    }

    [Theory]
    [InlineData("FGSM")]
    [InlineData("BIM")]
    [InlineData("PGD")]
    [InlineData("MI-FGSM")]
    public void An_attack_lowers_the_accuracy(string kind)
    {
        using var scope = NewDisposeScope();
        using var batch = new TinyImages(64, 6);
        var attack = new ProjectedGradientDescent(Kind(kind, 8.0 / 255, 5));

        var adversarial = attack.Perturb(_model, batch.Images, batch.Labels, new Generator(1));

        var robust = _model.call(adversarial).argmax(1).eq(batch.Labels).to(ScalarType.Float32).mean().item<float>();
        Assert.True(robust < 0.5, $"robust accuracy {robust} of 64 images that are all right when clean");
    }

    [Theory]
    [InlineData("FGSM")]
    [InlineData("BIM")]
    [InlineData("PGD")]
    [InlineData("MI-FGSM")]
    public void Perturb_leaves_one_live_tensor(string kind)
    {
        using var batch = new TinyImages(4, 7);
        using var random = new Generator(1);
        var attack = new ProjectedGradientDescent(Kind(kind, 8.0 / 255, 5));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        var adversarial = attack.Perturb(_model, batch.Images, batch.Labels, random);

        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        adversarial.Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Perturb_works_where_gradients_are_off_and_leaves_the_images_alone()
    {
        using var batch = new TinyImages(4, 8);
        var clean = TinyImages.Values(batch.Images);
        var attack = new ProjectedGradientDescent(new PgdOptions { Steps = 2 });

        using var noGradient = no_grad();
        using var random = new Generator(1);
        using var adversarial = attack.Perturb(_model, batch.Images, batch.Labels, random);

        Assert.False(adversarial.requires_grad);
        Assert.NotEqual(clean, TinyImages.Values(adversarial));
        Assert.Equal(clean, TinyImages.Values(batch.Images));
    }

    [Fact]
    public void Restarts_replace_only_images_that_are_still_right_and_fool_more_of_them()
    {
        using var scope = NewDisposeScope();
        using var batch = new TinyImages(200, 9);
        using var model = new Ridged();
        var labels = model.call(batch.Images).argmax(1);
        var options = new PgdOptions { Epsilon = 0.05, StepSize = 0.001, Steps = 1 };

        var once = new ProjectedGradientDescent(options).Perturb(model, batch.Images, labels, new Generator(4));
        var often = new ProjectedGradientDescent(options with { Restarts = 8 }).Perturb(model, batch.Images, labels, new Generator(4));

        var fooledAtFirst = model.call(once).argmax(1).ne(labels).nonzero().squeeze(1);
        Assert.Equal(TinyImages.Values(once.index_select(0, fooledAtFirst)), TinyImages.Values(often.index_select(0, fooledAtFirst)));
        Assert.True(Right(often) < Right(once), $"{Right(often)} right after restarts, {Right(once)} before");

        long Right(Tensor images) => model.call(images).argmax(1).eq(labels).sum().item<long>();
    }

    [Theory]
    [InlineData("Linf")]
    [InlineData("L2")]
    public void An_image_gets_the_same_bits_in_batches_of_any_size(string norm)
    {
        using var scope = NewDisposeScope();
        using var batch = new TinyImages(9, 11);
        var attack = new ProjectedGradientDescent(new PgdOptions { Norm = PerturbationNorm.Parse(norm), Steps = 3, StepSize = 0.001 });

        var together = attack.Perturb(_model, batch.Images, batch.Labels, new ImageStreams(7, 0, 9));
        var parts = new[] { (0, 1), (1, 5), (6, 3) }.Select(part =>
            attack.Perturb(_model, batch.Images.narrow(0, part.Item1, part.Item2), batch.Labels.narrow(0, part.Item1, part.Item2), new ImageStreams(7, part.Item1, part.Item2)));

        Assert.Equal(TinyImages.Values(together), TinyImages.Values(cat([.. parts], 0)));
    }

    [Fact]
    public void Success_during_the_search_keeps_every_success_at_its_end_and_finds_more()
    {
        using var scope = NewDisposeScope();
        using var batch = new TinyImages(200, 12);
        using var model = new Ridged();
        var labels = model.call(batch.Images).argmax(1);
        var options = new PgdOptions { Epsilon = 0.1, StepSize = 0.09, Steps = 4, RandomStart = false };

        var last = Wrong(options);
        var first = Wrong(options with { StopWhenFooled = true });

        // Steps of nearly two ridges jump over a success and back.
        Assert.All(last.Zip(first), pair => Assert.True(pair.Second || !pair.First));
        Assert.True(first.Count(wrong => wrong) > last.Count(wrong => wrong), $"{first.Count(wrong => wrong)} during, {last.Count(wrong => wrong)} after");

        bool[] Wrong(PgdOptions settings) =>
            [.. model.call(new ProjectedGradientDescent(settings).Perturb(model, batch.Images, labels, new Generator(1))).argmax(1).ne(labels).data<bool>()];
    }

    /// <summary>Two classes that alternate along every pixel, so that the start decides.</summary>
    private sealed class Ridged() : nn.Module<Tensor, Tensor>(nameof(Ridged))
    {
        public override Tensor forward(Tensor input)
        {
            using var inner = NewDisposeScope();
            var height = (input.select(1, 0).select(1, 0).select(1, 0) * 60).sin();
            return stack([height, -height], 1).MoveToOuterDisposeScope();
        }
    }

    [Theory]
    [InlineData("FGSM", "FGSM Linf epsilon 8/255, 1 steps of 8/255, no random start")]
    [InlineData("BIM", "BIM-5 Linf epsilon 8/255, 5 steps of 2/255, no random start")]
    [InlineData("PGD", "PGD-5 Linf epsilon 8/255, 5 steps of 2/255, random start")]
    [InlineData("MI-FGSM", "MI-FGSM Linf epsilon 8/255, 5 steps of 1.6/255, no random start")]
    public void Description_names_the_attack_and_every_setting(string kind, string description)
    {
        var attack = new ProjectedGradientDescent(Kind(kind, 8.0 / 255, 5));

        Assert.Equal(description, attack.Description);
    }

    private float[] Perturb(ProjectedGradientDescent attack, TinyImages batch, ulong seed)
    {
        using var random = new Generator(seed);
        using var adversarial = attack.Perturb(_model, batch.Images, batch.Labels, random);
        return TinyImages.Values(adversarial);
    }

    private static PgdOptions Kind(string kind, double epsilon, int steps) => kind switch
    {
        "FGSM" => PgdOptions.FastGradientSign(epsilon),
        "MI-FGSM" => PgdOptions.MomentumIterative(epsilon, steps),
        "BIM" => new PgdOptions { Epsilon = epsilon, Steps = steps, RandomStart = false },
        _ => new PgdOptions { Epsilon = epsilon, Steps = steps },
    };
}
