namespace Maep.Attacks.Tests;

public sealed class ApgdScheduleTests
{
    [Fact]
    public void A_hundred_steps_have_the_checkpoints_of_the_paper()
    {
        var windows = ApgdSchedule.Windows(100);

        Assert.Equal([22, 41, 57, 70, 80, 87, 93, 99], windows.Keys.Order());
        Assert.Equal([22, 19, 16, 13, 10, 7, 6, 6], windows.OrderBy(window => window.Key).Select(window => window.Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void Few_steps_have_windows_of_at_least_one(int steps)
    {
        var windows = ApgdSchedule.Windows(steps);

        Assert.All(windows, window => Assert.InRange(window.Value, 1, window.Key));
        Assert.All(windows.Keys, done => Assert.InRange(done, 1, steps));
    }
}
