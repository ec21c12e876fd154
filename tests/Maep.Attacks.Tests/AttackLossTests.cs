using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

public sealed class AttackLossTests
{
    // Sorted: 4, 2, 1, 0, -1.
    private static Tensor Logits() => tensor([1f, 4, 2, -1, 0], [1, 5]);

    private static float Value(Tensor loss) => Assert.Single(TinyImages.Values(loss));

    [Theory]
    [InlineData(1, -2.0 / 3)] // right: -(4 - 2) / (4 - 1)
    [InlineData(2, 2.0 / 3)]  // wrong: -(2 - 4) / (4 - 1)
    [InlineData(3, 5.0 / 3)]  // wrong: -(-1 - 4) / (4 - 1)
    public void Dlr_is_the_gap_to_the_best_other_class_over_first_less_third(long label, double expected)
    {
        using var scope = NewDisposeScope();

        Assert.Equal(expected, Value(AttackLoss.Dlr(Logits(), tensor([label]))), 1e-6);
    }

    [Theory]
    [InlineData(1, 0, -3 / 3.5)]  // -(4 - 1) / (4 - (1 + 0) / 2)
    [InlineData(1, 2, -2 / 3.5)]
    [InlineData(3, 1, 5 / 3.5)]
    public void Targeted_dlr_is_the_gap_to_the_target_over_first_less_mean_of_third_and_fourth(long label, long target, double expected)
    {
        using var scope = NewDisposeScope();

        Assert.Equal(expected, Value(AttackLoss.TargetedDlr(Logits(), tensor([label]), tensor([target]))), 1e-6);
    }

    [Fact]
    public void Dlr_losses_do_not_change_when_logits_are_scaled_and_shifted()
    {
        using var scope = NewDisposeScope();
        var (other, label, target) = ((Logits() * 50) + 7, tensor([1L]), tensor([4L]));

        Assert.Equal(Value(AttackLoss.Dlr(Logits(), label)), Value(AttackLoss.Dlr(other, label)), 1e-5f);
        Assert.Equal(Value(AttackLoss.TargetedDlr(Logits(), label, target)), Value(AttackLoss.TargetedDlr(other, label, target)), 1e-5f);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, -2)]
    [InlineData(3, -5)]
    public void Margin_is_the_logit_of_the_label_less_the_best_other(long label, double expected)
    {
        using var scope = NewDisposeScope();

        Assert.Equal(expected, Value(AttackLoss.Margin(Logits(), tensor([label]))), 1e-6);
    }

    [Fact]
    public void Too_few_classes_are_answered_with_another_attack()
    {
        using var scope = NewDisposeScope();
        var (two, three, label) = (zeros(1, 2), zeros(1, 3), tensor([0L]));

        var dlr = Assert.Throws<ArgumentException>(() => AttackLoss.Dlr(two, label));
        var targeted = Assert.Throws<ArgumentException>(() => AttackLoss.TargetedDlr(three, label, label));

        Assert.Contains("2 classes are too few for the difference of logits ratio, which needs 3; use apgd-ce.", dlr.Message, StringComparison.Ordinal);
        Assert.Contains("3 classes are too few for the targeted difference of logits ratio, which needs 4; use apgd-dlr or fab-t.", targeted.Message, StringComparison.Ordinal);
    }
}
