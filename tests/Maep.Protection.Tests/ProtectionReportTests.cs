using Maep.Evaluation;

namespace Maep.Protection.Tests;

public sealed class ProtectionReportTests
{
    [Theory]
    [InlineData(0, 53, true)]
    [InlineData(23, 60, false)]
    [InlineData(2, 1, false)]
    public void A_purifier_that_makes_a_classifier_weaker_is_said_to(int adaptive, int bare, bool warned)
    {
        var warning = ProtectionReport.Warning(new AccuracyCount(adaptive, 100), new AccuracyCount(bare, 283));

        Assert.Equal(warned, warning is not null);
    }
}
