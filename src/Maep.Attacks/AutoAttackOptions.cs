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
    private const int MostTargets = 9; // of the original

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

    /// <summary>
    /// Classes of the model, at least 2; null stands for 4 or more. The difference of logits ratio needs 3 classes and its targeted form 4. With 2 or 3 classes the parts that need
    /// more are left out, the targeted parts of the standard version give way to the untargeted ones (APGD-DLR with 3 classes, FAB), and the description says so.
    /// </summary>
    public int? Classes { get; init; }

    /// <summary>The attacks in the order in which they run, by the names of the original.</summary>
    /// <exception cref="ArgumentException">Another version, or fewer than 2 classes.</exception>
    public IReadOnlyList<(string Name, BoundedAttack Attack)> Attacks => (Version, Targets) switch
    {
        _ when Classes < 2 => throw new ArgumentException($"{Classes} class is too few for AutoAttack, which needs at least 2; turn a single output z, which says yes above 0, into the two logits 0 and z."),
        (AutoAttackVersion.Standard, true) => [Apgd(ApgdLoss.CrossEntropy), Apgd(ApgdLoss.TargetedDlr), Fab(targeted: true), Square()],
        (AutoAttackVersion.Standard, false) => [Apgd(ApgdLoss.CrossEntropy), .. Dlr(), Fab(targeted: false), Square()],
        (AutoAttackVersion.Rand, _) => [Apgd(ApgdLoss.CrossEntropy, untilEnd: true), .. Dlr(untilEnd: true)],
        (AutoAttackVersion.Plus, true) =>
        [
            Apgd(ApgdLoss.CrossEntropy, PlusStarts), .. Dlr(PlusStarts), Fab(targeted: false, PlusStarts), Square(),
            Apgd(ApgdLoss.TargetedDlr), Fab(targeted: true),
        ],
        (AutoAttackVersion.Plus, false) => [Apgd(ApgdLoss.CrossEntropy, PlusStarts), .. Dlr(PlusStarts), Fab(targeted: false, PlusStarts), Square()],
        _ => throw new ArgumentException($"AutoAttack version {Version} is not known; use Standard, Rand or Plus."),
    };

    /// <summary>What the number of classes changed, as descriptions end; empty where nothing.</summary>
    internal string Reduced => Version == AutoAttackVersion.Rand
        ? HasRatio ? "" : $"; {Classes} classes are too few for apgd-dlr"
        : Targets ? "" : $"; {Classes} classes are too few for {(HasRatio ? "apgd-t" : "apgd-dlr and apgd-t")}, so nothing is targeted";

    private bool HasRatio => Classes is null or >= 3;

    private bool Targets => Classes is null or >= 4;

    private int TargetClasses => Math.Min(MostTargets, (Classes - 1) ?? MostTargets);

    private (string Name, BoundedAttack Attack)[] Dlr(int starts = 1, bool untilEnd = false) => HasRatio ? [Apgd(ApgdLoss.Dlr, starts, untilEnd)] : [];

    private (string Name, BoundedAttack Attack) Apgd(ApgdLoss loss, int starts = 1, bool untilEnd = false) =>
        (loss switch { ApgdLoss.CrossEntropy => "apgd-ce", ApgdLoss.Dlr => "apgd-dlr", _ => "apgd-t" },
            new AutoProjectedGradientDescent(new ApgdOptions { Norm = Norm, Epsilon = Epsilon, Loss = loss, Restarts = starts, TargetClasses = TargetClasses, StopWhenFooled = StopWhenFooled && !untilEnd }));

    private (string Name, BoundedAttack Attack) Fab(bool targeted, int starts = 1) =>
        (targeted ? "fab-t" : "fab", new FastAdaptiveBoundary(new FabOptions { Norm = Norm, Epsilon = Epsilon, Targeted = targeted, Restarts = starts, TargetClasses = TargetClasses }));

    private (string Name, BoundedAttack Attack) Square() => ("square", new SquareAttack(new SquareOptions { Norm = Norm, Epsilon = Epsilon }));
}
