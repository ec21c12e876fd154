using Maep.Attacks;
using Maep.Evaluation.Protocols;
using Maep.Networks.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests.Protocols;

/// <summary>Each flag is raised by a defence or an attack made to raise it, and by nothing else.</summary>
public sealed class ProtocolFlagTests
{
    private static readonly MeanChannelClassifier Classifier = new(1);

    [Fact]
    public void An_honest_defence_raises_no_flag_but_those_not_measured()
    {
        var flags = Flags(new DefenceUnderTest(Classifier, new Darken()), ProtocolRunTests.Both(ProtocolRunTests.Pgd(3)));

        Assert.Equal(12, flags.Count);
        Assert.DoesNotContain(flags.Values, flag => flag.Raised == true && flag.Name != "8 bits change verdicts");
    }

    [Fact]
    public void A_defence_without_gradient_is_flagged()
    {
        var flag = Flags(new DefenceUnderTest(Classifier, new GradientKiller()), ProtocolRunTests.Both(ProtocolRunTests.Pgd(3)))["no gradient"];

        Assert.True(flag.Raised);
        Assert.Contains("100.0 %", flag.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_random_defence_is_flagged()
    {
        Assert.True(Flags(new DefenceUnderTest(Classifier, new Noisy()), ProtocolRunTests.Both(ProtocolRunTests.Pgd(1)))["random defence"].Raised);
    }

    [Theory]
    [InlineData("resize-pad:0.5", "random defence")]
    [InlineData("anti-adv:0.01", "optimises at test time")]
    public void A_purifier_by_name_that_misleads_attacks_is_flagged(string name, string flag)
    {
        var purifier = NamedPurifiers.Create(name, Classifier);

        var flags = Flags(new DefenceUnderTest(Classifier, purifier), ProtocolRunTests.Both(ProtocolRunTests.Pgd(1)));

        Assert.True(flags[flag].Raised);
        Assert.False(flags["no gradient"].Raised);
    }

    [Theory]
    [InlineData("bits:4", "0.0 % of the images have none; attacks take identity through rounding (BPDA)")]
    [InlineData("median:3", "0.0 % of the images have none")]
    public void What_stands_for_a_gradient_is_said(string name, string detail)
    {
        Assert.Equal(detail, Flags(new DefenceUnderTest(Classifier, NamedPurifiers.Create(name)), ProtocolRunTests.Both(ProtocolRunTests.Pgd(1)))["no gradient"].Detail);
    }

    [Fact]
    public void Probabilities_are_flagged()
    {
        Assert.True(Flags(new DefenceUnderTest(new Probabilities(), new Darken()), ProtocolRunTests.Both(ProtocolRunTests.Pgd(1)))["probabilities instead of logits"].Raised);
    }

    [Fact]
    public void Square_finds_what_hidden_gradients_hide()
    {
        var protocol = ProtocolRunTests.Both(ProtocolRunTests.Pgd(3));
        protocol = protocol with { Attacks = [.. protocol.Attacks, new ProtocolAttack("Square", AttackerKnowledge.Query, new SquareAttack(new SquareOptions { Epsilon = protocol.Epsilon, Queries = 200 }))] };

        Assert.True(Flags(new DefenceUnderTest(Classifier, new GradientKiller()), protocol)["Square beats gradients"].Raised);
        Assert.False(Flags(new DefenceUnderTest(Classifier, new Darken()), protocol)["Square beats gradients"].Raised);
    }

    [Fact]
    public void An_attack_that_leaves_its_bounds_is_flagged()
    {
        var protocol = ProtocolRunTests.Both(("far", new FarAway()));

        var flag = Flags(new DefenceUnderTest(Classifier, new Darken()), protocol)["attack left its bounds"];

        Assert.True(flag.Raised);
        Assert.Contains("outside [0, 1]", flag.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_curve_that_stays_above_chance_is_flagged_and_epsilon_0_is_clean()
    {
        var protocol = ProtocolRunTests.Both(ProtocolRunTests.Pgd(3)) with { Curve = [0, 0.5 / 255] };

        var flags = Flags(new DefenceUnderTest(Classifier, new Darken()), protocol);

        Assert.True(flags["curve does not fall to chance"].Raised);
        Assert.False(flags["epsilon 0 is not clean"].Raised);
    }

    private static Dictionary<string, ProtocolFlag> Flags(DefenceUnderTest defence, Protocol protocol) =>
        ProtocolFlag.Of(protocol, ProtocolRunTests.Run(defence, protocol), classes: 3).ToDictionary(flag => flag.Name);

    private sealed class Probabilities() : nn.Module<Tensor, Tensor>("probabilities")
    {
        public override Tensor forward(Tensor input) => Classifier.call(input).softmax(1);
    }

    private sealed class FarAway : IAttack
    {
        public string Description => "far away";

        public Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams, CancellationToken cancellation = default) => images + 2;
    }
}
