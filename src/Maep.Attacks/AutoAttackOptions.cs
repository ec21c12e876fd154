namespace Maep.Attacks;

/// <summary>Which attacks <see cref="AutoAttack"/> runs.</summary>
public enum AutoAttackVersion
{
    /// <summary>APGD-CE, APGD-T, FAB-T, Square: for deterministic defences.</summary>
    Standard,

    /// <summary>APGD-CE and APGD-DLR, each step the mean of 20 gradients: for randomised defences.</summary>
    Rand,

    /// <summary>APGD-CE, APGD-DLR and FAB with 5 starts, Square, APGD-T, FAB-T.</summary>
    Plus,
}

/// <summary>Settings of <see cref="AutoAttack"/>; the rest is fixed, as in the original.</summary>
public sealed record AutoAttackOptions
{
    /// <summary>Gradients averaged in each step of the version for randomised defences.</summary>
    public const int Draws = 20;

    private const int PlusStarts = 5;

    /// <summary>Norm of the ball.</summary>
    public PerturbationNorm Norm { get; init; } = PerturbationNorm.Linf;

    /// <summary>Radius of the ball in pixel units on [0, 1]; 8/255 is the CIFAR Linf benchmark.</summary>
    public double Epsilon { get; init; } = 8.0 / 255;

    /// <summary>
    /// Whether an image leaves Auto-PGD as soon as it is fooled: the verdicts are the same and come sooner. False searches to the end as the original does,
    /// for images that must fool more than the model that was attacked.
    /// </summary>
    public bool StopWhenFooled { get; init; } = true;

    /// <summary>Which attacks run.</summary>
    public AutoAttackVersion Version { get; init; } = AutoAttackVersion.Standard;

    /// <summary>The attacks in the order in which they run, by the names of the original.</summary>
    public IReadOnlyList<(string Name, BoundedAttack Attack)> Attacks => Version switch
    {
        AutoAttackVersion.Standard => [Apgd(ApgdLoss.CrossEntropy), Apgd(ApgdLoss.TargetedDlr), Fab(targeted: true), Square()],
        AutoAttackVersion.Rand => [Apgd(ApgdLoss.CrossEntropy, untilEnd: true), Apgd(ApgdLoss.Dlr, untilEnd: true)],
        AutoAttackVersion.Plus =>
        [
            Apgd(ApgdLoss.CrossEntropy, PlusStarts), Apgd(ApgdLoss.Dlr, PlusStarts), Fab(targeted: false, PlusStarts), Square(),
            Apgd(ApgdLoss.TargetedDlr), Fab(targeted: true),
        ],
        _ => throw new ArgumentException($"AutoAttack version {Version} is not known; use Standard, Rand or Plus."),
    };

    private (string Name, BoundedAttack Attack) Apgd(ApgdLoss loss, int starts = 1, bool untilEnd = false) =>
        (loss switch { ApgdLoss.CrossEntropy => "apgd-ce", ApgdLoss.Dlr => "apgd-dlr", _ => "apgd-t" },
            new AutoProjectedGradientDescent(new ApgdOptions { Norm = Norm, Epsilon = Epsilon, Loss = loss, Restarts = starts, StopWhenFooled = StopWhenFooled && !untilEnd }));

    private (string Name, BoundedAttack Attack) Fab(bool targeted, int starts = 1) =>
        (targeted ? "fab-t" : "fab", new FastAdaptiveBoundary(new FabOptions { Norm = Norm, Epsilon = Epsilon, Targeted = targeted, Restarts = starts }));

    private (string Name, BoundedAttack Attack) Square() => ("square", new SquareAttack(new SquareOptions { Norm = Norm, Epsilon = Epsilon }));
}
