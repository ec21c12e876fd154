using Maep.Evaluation.CommonCorruptions;

namespace Maep.Evaluation.Tests.CommonCorruptions;

public sealed class CorruptionErrorsTests
{
    [Fact]
    public void AlexNets_own_errors_give_exactly_100_in_any_order()
    {
        var errors = new CorruptionErrors(Table((_, error) => error).Reverse(), ImageNetC.AlexNetCleanError);

        Assert.Equal(100.0, errors.MeanCorruptionError);
        Assert.Equal(100.0, errors.RelativeMeanCorruptionError);
        Assert.All(ImageNetC.TestCorruptions, corruption => Assert.Equal((100.0, 100.0), (errors.CorruptionError(corruption), errors.RelativeCorruptionError(corruption))));
        Assert.Equal(75, errors.TestCells);
        Assert.Empty(errors.Missing);
    }

    [Fact]
    public void The_means_of_AlexNets_errors_are_those_published()
    {
        // google-research/augmix, imagenet.py, in the order of its list.
        double[] published = [0.886428, 0.894468, 0.922640, 0.819880, 0.826268, 0.785948, 0.798360, 0.866816, 0.826572, 0.819324, 0.564592, 0.853204, 0.646056, 0.717840, 0.606500];

        Assert.All(ImageNetC.TestCorruptions.Zip(published), pair => Assert.Equal(pair.Second, ImageNetC.AlexNetMeanErrors[pair.First], 1e-9));
    }

    [Fact]
    public void CE_divides_sums_over_severities_and_not_each_severity()
    {
        var errors = new CorruptionErrors(Table((_, _) => 0.5));

        Assert.Equal(100 * 2.5 / (0.69528 + 0.82542 + 0.93554 + 0.98138 + 0.99452), errors.CorruptionError("gaussian_noise")!.Value, 1e-9);
        Assert.Equal(ImageNetC.TestCorruptions.Average(corruption => 100 * 0.5 / ImageNetC.AlexNetMeanErrors[corruption]), errors.MeanCorruptionError!.Value, 1e-9);
        Assert.Equal(0.5, errors.MeanAccuracy!.Value, 1e-12);
    }

    [Fact]
    public void Relative_CE_subtracts_the_clean_errors()
    {
        var errors = new CorruptionErrors(Table((_, _) => 0.5), cleanError: 0.25);

        Assert.Equal(100 * (2.5 - 1.25) / ((5 * 0.6065) - (5 * 0.43478)), errors.RelativeCorruptionError("jpeg_compression")!.Value, 1e-9);
        Assert.Null(new CorruptionErrors(Table((_, _) => 0.5)).RelativeMeanCorruptionError);
    }

    [Fact]
    public void A_missing_severity_withholds_the_figures_it_belongs_to_and_no_other()
    {
        var errors = new CorruptionErrors(Table((_, error) => error).Where(cell => cell is not { Corruption: "fog", Severity: 2 or 5 } && cell.Corruption != "snow"), 0.4);

        Assert.Null(errors.MeanCorruptionError);
        Assert.Null(errors.RelativeMeanCorruptionError);
        Assert.Null(errors.CorruptionError("fog"));
        Assert.Null(errors.ColourAccuracy);
        Assert.Equal(100.0, errors.CorruptionError("frost"));
        Assert.Equal(["snow", "fog: severities 2, 5"], errors.Missing);
        Assert.Equal(68, errors.TestCells);
    }

    [Fact]
    public void Extra_corruptions_have_a_CE_of_their_own_and_take_no_part_in_mCE()
    {
        var extra = ImageNetC.ExtraCorruptions.SelectMany(corruption => Enumerable.Range(1, 5).Select(severity => new CellError(corruption, severity, 0)));
        var errors = new CorruptionErrors(Table((_, error) => error).Concat(extra).Append(new CellError("rain", 1, 0.5)));

        Assert.Equal(100.0, errors.MeanCorruptionError);
        Assert.Equal(0.0, errors.CorruptionError("saturate"));
        Assert.Null(errors.CorruptionError("rain"));
        Assert.Equal([.. ImageNetC.TestCorruptions, .. ImageNetC.ExtraCorruptions, "rain"], errors.Corruptions);
    }

    [Fact]
    public void Colour_accuracy_is_the_mean_of_brightness_contrast_saturate_and_fog()
    {
        var errors = new CorruptionErrors(ImageNetC.ColourCorruptions.SelectMany((corruption, index) => Enumerable.Range(1, 5).Select(severity => new CellError(corruption, severity, index / 10.0))));

        Assert.Equal(1 - 0.15, errors.ColourAccuracy!.Value, 1e-12);
        Assert.Equal(15, errors.TestCells);
    }

    [Fact]
    public void Images_that_are_not_ImageNets_have_no_error_relative_to_AlexNet()
    {
        var errors = new CorruptionErrors(Table((_, error) => error), 0.1, againstAlexNet: false);

        Assert.Null(errors.MeanCorruptionError);
        Assert.Null(errors.CorruptionError("fog"));
        Assert.NotNull(errors.MeanAccuracy);
    }

    [Theory]
    [InlineData(0, 0.5, "severities are 1..5")]
    [InlineData(1, 1.5, "errors shares in [0, 1]")]
    [InlineData(1, double.NaN, "errors shares in [0, 1]")]
    public void A_cell_out_of_range_is_refused(int severity, double error, string words)
    {
        var fault = Assert.Throws<ArgumentException>(() => new CorruptionErrors([new CellError("fog", severity, error)]));

        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_given_twice_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new CorruptionErrors([new CellError("fog", 1, 0.1), new CellError("fog", 1, 0.2)]));
    }

    private static IEnumerable<CellError> Table(Func<string, double, double> error) => ImageNetC.AlexNetErrors.SelectMany(pair =>
        pair.Value.Select((alexNet, index) => new CellError(pair.Key, index + 1, error(pair.Key, alexNet))));
}
