using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

/// <summary>What no attack can break, whatever its search does; held for every attack.</summary>
public sealed class BoundedAttackTests : IDisposable
{
    private const double Rounding = 1e-6; // of float sums near 1

    private readonly HalvesClassifier _model = new();

    public static TheoryData<string, string> Attacks
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var name in (string[])["apgd-ce", "apgd-dlr", "apgd-t", "fab", "fab-t", "square", "autoattack", "careless"])
            {
                all.Add(name, "Linf");
                all.Add(name, "L2");
            }
            all.Add("rays", "Linf");
            return all;
        }
    }

    public void Dispose() => _model.Dispose();

    [Theory, MemberData(nameof(Attacks))]
    public void Images_stay_in_the_ball_and_in_the_unit_range_and_change_only_when_they_fool(string name, string norm) => Gen.Select(Gen.Double[0.001, 0.3], Gen.Int[1, 5], Gen.ULong[0, 1000]).Sample(
        (epsilon, count, seed) =>
        {
            using var scope = NewDisposeScope();
            var (middle, labels) = HalvesClassifier.Batch(count, seed);
            var images = ((middle - 0.5) * 5 + 0.5).clamp(0, 1); // many pixels at a border
            var attack = Make(name, norm, epsilon);

            var adversarial = attack.Perturb(_model, images, labels, new ImageStreams(1, 0, count));

            var change = attack.Norm.Measure(adversarial - images);
            Assert.True(TinyImages.Largest(change) <= epsilon + Rounding, $"{TinyImages.Largest(change)} away, epsilon {epsilon}");
            Assert.All(TinyImages.Values(adversarial), pixel => Assert.InRange(pixel, 0, 1));
            var wrongBefore = _model.call(images).argmax(1).ne(labels);
            var unchanged = change.eq(0);
            Assert.True(unchanged.logical_or(wrongBefore.logical_not()).all().item<bool>(), "an image that was wrong before was changed");
            if (name != "careless")
                Assert.True(unchanged.logical_or(_model.call(adversarial).argmax(1).ne(labels)).all().item<bool>(), "a failed search changed an image");
        },
        iter: 5, threads: 1);

    [Theory, MemberData(nameof(Attacks))]
    public void Epsilon_0_changes_nothing(string name, string norm)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = HalvesClassifier.Batch(5, seed: 3);

        var adversarial = Make(name, norm, 0).Perturb(_model, images, labels, new ImageStreams(1, 0, 5));

        Assert.Equal(TinyImages.Values(images), TinyImages.Values(adversarial));
    }

    [Theory, MemberData(nameof(Attacks))]
    public void An_image_gets_the_same_bits_in_batches_of_any_size(string name, string norm)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = HalvesClassifier.Batch(9, seed: 4);
        var attack = Make(name, norm, norm == "L2" ? 0.2 : 0.02);

        var together = attack.Perturb(_model, images, labels, new ImageStreams(7, 0, 9));
        var parts = new[] { (0, 1), (1, 5), (6, 3) }.Select(part =>
            attack.Perturb(_model, images.narrow(0, part.Item1, part.Item2), labels.narrow(0, part.Item1, part.Item2), new ImageStreams(7, part.Item1, part.Item2)));

        Assert.Equal(TinyImages.Values(together), TinyImages.Values(cat([.. parts], 0)));
        Assert.NotEqual(TinyImages.Values(images), TinyImages.Values(together));
    }

    [Theory, MemberData(nameof(Attacks))]
    public void Perturb_leaves_one_live_tensor_and_the_weights_as_they_were(string name, string norm)
    {
        var (images, labels) = HalvesClassifier.Batch(4, seed: 5);
        using var scaled = new Scaled(_model);
        var attack = Make(name, norm, 0.02);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        var adversarial = attack.Perturb(scaled, images, labels, new ImageStreams(1, 0, 4));

        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.False(adversarial.requires_grad);
        Assert.All(scaled.parameters(), parameter => Assert.True(parameter.requires_grad));
        adversarial.Dispose();
    }

    [Fact]
    public void Streams_of_another_count_are_refused()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = HalvesClassifier.Batch(4, seed: 5);

        var error = Assert.Throws<ArgumentException>(() => Make("square", "Linf", 0.1).Perturb(_model, images, labels, new ImageStreams(1, 0, 3)));

        Assert.Contains("3 random streams for 4 images; give one for each.", error.Message, StringComparison.Ordinal);
    }

    // Not APGD-CE in L2: cross-entropy splits its way between all wrong classes and is not exact.
    [Theory]
    [InlineData("apgd-ce", "Linf")]
    [InlineData("apgd-dlr", "Linf")]
    [InlineData("apgd-t", "Linf")]
    [InlineData("fab-t", "Linf")]
    [InlineData("fab", "Linf")]
    [InlineData("apgd-dlr", "L2")]
    [InlineData("apgd-t", "L2")]
    [InlineData("fab-t", "L2")]
    [InlineData("fab", "L2")]
    public void White_box_attacks_fool_just_above_the_smallest_perturbation_and_never_below(string name, string norm)
    {
        using var scope = NewDisposeScope();
        var (images, wrong) = HalvesClassifier.Batch(3, seed: 6);
        var logits = _model.call(images);
        var (labels, radii) = (logits.argmax(1), TinyImages.Values(HalvesClassifier.Radius(PerturbationNorm.Parse(norm), logits)));

        for (var image = 0; image < 3; image++)
        {
            var (one, label) = (images.narrow(0, image, 1), labels.narrow(0, image, 1));
            Assert.True(Fools(1.02), $"image {image}: not fooled just above {radii[image]}");
            Assert.False(Fools(0.98), $"image {image}: fooled below {radii[image]}");

            bool Fools(double share) =>
                Make(name, norm, radii[image] * share, steps: 100).Perturb(_model, one, label, new ImageStreams(1, image, 1)).ne(one).any().item<bool>();
        }
    }

    private static BoundedAttack Make(string name, string normName, double epsilon, int steps = 12)
    {
        var norm = PerturbationNorm.Parse(normName);
        return name switch
        {
            "apgd-ce" => new AutoProjectedGradientDescent(new ApgdOptions { Norm = norm, Epsilon = epsilon, Steps = steps, Restarts = 2 }),
            "apgd-dlr" => new AutoProjectedGradientDescent(new ApgdOptions { Norm = norm, Epsilon = epsilon, Steps = steps, Loss = ApgdLoss.Dlr, StopWhenFooled = false }),
            "apgd-t" => new AutoProjectedGradientDescent(new ApgdOptions { Norm = norm, Epsilon = epsilon, Steps = steps, Loss = ApgdLoss.TargetedDlr }),
            "fab" => new FastAdaptiveBoundary(new FabOptions { Norm = norm, Epsilon = epsilon, Steps = steps, Targeted = false, Restarts = 2 }),
            "fab-t" => new FastAdaptiveBoundary(new FabOptions { Norm = norm, Epsilon = epsilon, Steps = steps, TargetClasses = 3 }),
            "square" => new SquareAttack(new SquareOptions { Norm = norm, Epsilon = epsilon, Queries = 60 }),
            "rays" => new RaysAttack(new RaysOptions { Epsilon = epsilon, Queries = 200 }),
            "autoattack" => new AutoAttack(norm, epsilon, [("apgd-t", Make("apgd-t", normName, epsilon)), ("square", Make("square", normName, epsilon))]),
            _ => new Careless(norm, epsilon),
        };
    }

    /// <summary>Claims success with images far outside of everything.</summary>
    private sealed class Careless(PerturbationNorm norm, double epsilon) : BoundedAttack(norm, epsilon)
    {
        public override string Description => "careless";

        protected internal override SearchResult Search(AskedModel model, Tensor images, Tensor labels, ImageStreams streams) =>
            new(images + (streams.Normal(images.shape.AsSpan(1)) * 10), ones_like(labels, ScalarType.Bool));
    }

    private sealed class Scaled : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _scale = new(ones(1));
        private readonly HalvesClassifier _inner;

        public Scaled(HalvesClassifier inner) : base(nameof(Scaled))
        {
            _inner = inner;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return (_inner.call(input) * _scale).MoveToOuterDisposeScope();
        }
    }
}
