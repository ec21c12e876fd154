using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

public sealed class PerturbationNormTests
{
    private const double Rounding = 1e-6; // of float sums over the 192 values of an image

    private static readonly Gen<(PerturbationNorm Norm, double Epsilon, ulong Seed)> Balls = Gen.Select(
        Gen.Bool.Select(linf => linf ? PerturbationNorm.Linf : PerturbationNorm.L2), Gen.Double[0, 1], Gen.ULong);

    public static TheoryData<string> Norms => ["Linf", "L2"];

    [Fact]
    public void Project_reaches_the_ball_and_then_stays_where_it_is() => Balls.Sample(
        ball =>
        {
            using var scope = NewDisposeScope();
            using var random = new Generator(ball.Seed);
            var perturbation = randn([3, 3, 8, 8], generator: random);

            var once = ball.Norm.Project(perturbation, ball.Epsilon);
            var twice = ball.Norm.Project(once, ball.Epsilon);

            Assert.True(TinyImages.Largest(ball.Norm.Measure(once)) <= ball.Epsilon + Rounding);
            Assert.True(TinyImages.Largest((twice - once).abs()) <= Rounding);
        },
        iter: 50, threads: 1);

    [Theory, MemberData(nameof(Norms))]
    public void Project_keeps_what_is_inside_the_ball(string norm)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(5);
        var inside = rand([3, 3, 8, 8], generator: random) * 0.01;

        var projected = PerturbationNorm.Parse(norm).Project(inside, 0.5);

        Assert.Equal(TinyImages.Values(inside), TinyImages.Values(projected));
    }

    [Fact]
    public void Project_onto_l2_is_per_image_and_keeps_the_direction()
    {
        using var scope = NewDisposeScope();
        var perturbation = zeros(2, 3, 8, 8);
        perturbation[0, 0, 0, 0] = 3;
        perturbation[0, 2, 7, 7] = 4;
        perturbation[1, 1, 1, 1] = 0.5;

        var projected = PerturbationNorm.L2.Project(perturbation, 1);

        Assert.Equal(0.6f, projected[0, 0, 0, 0].item<float>(), tolerance: 1e-6f);
        Assert.Equal(0.8f, projected[0, 2, 7, 7].item<float>(), tolerance: 1e-6f);
        Assert.Equal(0.5f, projected[1, 1, 1, 1].item<float>());
    }

    [Fact]
    public void Sample_stays_inside_the_ball() => Balls.Sample(
        ball =>
        {
            using var scope = NewDisposeScope();
            var sample = ball.Norm.Sample(zeros(4, 3, 8, 8), ball.Epsilon, new ImageStreams((long)ball.Seed, 0, 4));

            Assert.Equal([4, 3, 8, 8], sample.shape);
            Assert.True(TinyImages.Largest(ball.Norm.Measure(sample)) <= ball.Epsilon + Rounding);
        },
        iter: 50, threads: 1);

    [Fact]
    public void Sample_of_l2_is_uniform_in_the_ball()
    {
        using var scope = NewDisposeScope();
        var lengths = PerturbationNorm.L2.Sample(zeros(4000, 1, 1, 2), 1, new ImageStreams(3, 0, 4000)).flatten(1).norm(1, false, 2);

        // In two dimensions the share within radius r is r * r; four standard deviations of 4000 draws are 0.028 at 1/4.
        Assert.Equal(0.25, lengths.le(0.5).to(ScalarType.Float64).mean().item<double>(), tolerance: 0.028);
    }

    [Fact]
    public void Ascent_of_l2_has_length_one_for_every_image_however_small_its_gradient()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(7);
        var gradient = randn([3, 3, 8, 8], generator: random) * tensor([1e-6f, 1, 1e4f], [3, 1, 1, 1]);

        var ascent = PerturbationNorm.L2.Ascent(gradient);

        Assert.All(TinyImages.Values(PerturbationNorm.L2.Measure(ascent)), length => Assert.Equal(1, length, tolerance: 1e-5f));
        Assert.All(TinyImages.Values((ascent * gradient).flatten(1).sum(1)), climb => Assert.True(climb > 0));
    }

    [Fact]
    public void Ascent_of_linf_is_the_sign()
    {
        using var scope = NewDisposeScope();
        var gradient = tensor([-3f, 0, 1e-9f], [1, 3, 1, 1]);

        var ascent = PerturbationNorm.Linf.Ascent(gradient);

        Assert.Equal([-1, 0, 1], TinyImages.Values(ascent));
    }

    [Theory, MemberData(nameof(Norms))]
    public void A_gradient_of_zero_points_nowhere(string norm)
    {
        using var scope = NewDisposeScope();

        var ascent = PerturbationNorm.Parse(norm).Ascent(zeros(2, 3, 8, 8));

        Assert.All(TinyImages.Values(ascent), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Measure_reads_each_image_alone()
    {
        using var scope = NewDisposeScope();
        var perturbation = zeros(2, 3, 8, 8);
        perturbation[0, 0, 0, 0] = -3;
        perturbation[0, 2, 7, 7] = 2;
        perturbation[1, 1, 1, 1] = 0.5;

        var (largest, length) = (PerturbationNorm.Linf.Measure(perturbation), PerturbationNorm.L2.Measure(perturbation));

        Assert.Equal([3, 0.5f], TinyImages.Values(largest));
        Assert.Equal([MathF.Sqrt(13), 0.5f], TinyImages.Values(length));
    }

    [Theory]
    [InlineData("Linf", "Linf")]
    [InlineData("linf", "Linf")]
    [InlineData("l2", "L2")]
    public void Parse_takes_any_case(string name, string norm)
    {
        var parsed = PerturbationNorm.Parse(name);

        Assert.Equal(norm, parsed.ToString());
    }

    [Fact]
    public void Parse_names_an_unknown_norm_and_the_known_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => PerturbationNorm.Parse("L1"));

        Assert.Contains("Norm 'L1' is not known; use Linf or L2.", error.Message, StringComparison.Ordinal);
    }
}
