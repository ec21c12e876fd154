using Maep.Evaluation.Comparison;

namespace Maep.Evaluation.Tests.Comparison;

public sealed class ComparisonRecordTests
{
    [Fact]
    public void Seeds_become_a_mean_a_standard_deviation_and_the_interval_of_one_run()
    {
        var cells = Record(70, 74, 72).Cells();

        Assert.Equal("72.0 ± 2.0 (62.5 to 79.9)", cells[1][3]); // Wilson interval of 72 of 100
        Assert.Equal("CIFAR-10, 3,000 x 16", cells[1][1]);
        Assert.Equal("81.0", cells[1][4]);
        Assert.Equal("5.0 (2.2 to 11.2)", cells[1][5]);
        Assert.Equal("42.50 / 0.996", cells[1][6]);
        Assert.Equal("92.30 / 88.73", cells[1][7]);
    }

    [Fact]
    public void The_bare_classifier_comes_first_and_one_seed_has_no_deviation()
    {
        var cells = Record(70).Cells();

        Assert.Equal(["none", "", "95.0 (88.8 to 97.8)", "1.0 (0.2 to 5.4)", "48.0", "", "", "94.78 / 0.00"], cells[0]);
        Assert.Equal("70.0 (60.4 to 78.1)", cells[1][3]);
    }

    [Fact]
    public void The_markdown_says_what_was_measured_and_what_was_not()
    {
        var text = Record(70, 72).ToMarkdown();

        Assert.StartsWith("Loss designs, ahead of c.onnx: cifar10-test, 100 images (100 adaptively); PGD; seeds 0 to 1.\n", text, StringComparison.Ordinal);
        Assert.Contains("- MAEP: gradients of the adaptive attack: identity. Such an attack may be weaker than the purifier is strong.\n- MAEP draws at random: the adaptive attack (rand) averaged 20 gradients", text, StringComparison.Ordinal);
        Assert.Contains("- not measured: tiny: not begun\n\n`maep benchmark losses`", text, StringComparison.Ordinal);
    }

    private static ComparisonRecord Record(params int[] robust) => new()
    {
        Title = "Loss designs",
        Command = "maep benchmark losses",
        Dataset = "cifar10-test",
        Attack = "PGD",
        Seeds = robust.Length,
        Classifier = new ModelReference("c.onnx", "00"),
        PaperBare = new PaperAccuracy(94.78, 0),
        Rows =
        [
            new("MAEP", new ModelReference("m.onnx", "01"), [.. robust.Select((correct, seed) => new RobustnessResult
            {
                BareClean = new(95, 100), BareRobust = new(1, 100), PurifiedClean = new(90, 100), NonAdaptive = new(correct, 100),
                Adaptive = seed == 0 ? new(5, 100) : null, Psnr = 42.5, Ssim = 0.996, Seconds = 1, GradientDraws = 20, AdaptiveAttack = "rand",
            })])
            {
                TrainedOn = "CIFAR-10", Steps = 3000, BatchSize = 16, Paper = new PaperAccuracy(92.30, 88.73), GradientStandIn = "identity",
            },
        ],
        Missing = ["tiny: not begun"],
    };
}
