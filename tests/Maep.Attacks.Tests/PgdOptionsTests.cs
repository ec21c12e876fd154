namespace Maep.Attacks.Tests;

public sealed class PgdOptionsTests
{
    [Fact]
    public void The_defaults_are_the_cifar_benchmark_and_valid()
    {
        var options = new PgdOptions();

        options.Validate();

        Assert.Equal((8.0 / 255, 2.0 / 255, 10, true, 0.0), (options.Epsilon, options.StepSize, options.Steps, options.RandomStart, options.Momentum));
    }

    [Fact]
    public void Epsilon_8_is_answered_with_8_over_255()
    {
        var error = Assert.Throws<ArgumentException>(() => new ProjectedGradientDescent(new PgdOptions { Epsilon = 8 }));

        Assert.Equal("Epsilon 8 is above 1, the whole pixel range; give it on [0, 1], for example 8/255.", error.Message);
    }

    [Theory]
    [InlineData(-0.1, "Epsilon -0.1 must be at least 0.")]
    [InlineData(double.NaN, "Epsilon NaN must be at least 0.")]
    [InlineData(double.PositiveInfinity, "Epsilon Infinity must be at least 0.")]
    public void Epsilon_is_a_finite_length(double epsilon, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => new PgdOptions { Epsilon = epsilon }.Validate());

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void L2_balls_may_be_wider_than_one_pixel_range()
    {
        var options = new PgdOptions { Norm = PerturbationNorm.L2, Epsilon = 2 };

        options.Validate();
    }

    [Fact]
    public void Every_fault_is_listed_at_once()
    {
        var options = new PgdOptions { Epsilon = -1, StepSize = -2, Steps = 0, Momentum = -0.5 };

        var error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Equal("Epsilon -1 must be at least 0. StepSize -2 must be at least 0. Steps 0 must be at least 1. Momentum -0.5 must be at least 0.", error.Message);
    }

    [Fact]
    public void Restarts_need_a_random_start()
    {
        var none = Assert.Throws<ArgumentException>(() => new PgdOptions { Restarts = 0 }.Validate());
        var same = Assert.Throws<ArgumentException>(() => new PgdOptions { Restarts = 2, RandomStart = false }.Validate());

        Assert.Equal("Restarts 0 must be at least 1.", none.Message);
        Assert.Equal("Restarts 2 without a random start repeat one search; set RandomStart or leave Restarts at 1.", same.Message);
    }

    [Fact]
    public void Momentum_iteration_without_steps_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => PgdOptions.MomentumIterative(8.0 / 255, 0).Validate());

        Assert.Contains("Steps 0 must be at least 1.", error.Message, StringComparison.Ordinal);
    }
}
