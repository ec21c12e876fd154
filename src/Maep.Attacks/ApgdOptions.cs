namespace Maep.Attacks;

/// <summary>What <see cref="AutoProjectedGradientDescent"/> climbs.</summary>
public enum ApgdLoss
{
    /// <summary>Cross-entropy: APGD-CE.</summary>
    CrossEntropy,

    /// <summary>Difference of logits ratio: APGD-DLR.</summary>
    Dlr,

    /// <summary>Targeted difference of logits ratio, one search for each likely wrong class: APGD-T.</summary>
    TargetedDlr,
}

/// <summary>Settings of <see cref="AutoProjectedGradientDescent"/>; the defaults are those of AutoAttack's standard version.</summary>
public sealed record ApgdOptions
{
    /// <summary>Norm of the ball.</summary>
    public PerturbationNorm Norm { get; init; } = PerturbationNorm.Linf;

    /// <summary>Radius of the ball in pixel units on [0, 1]; 8/255 is the CIFAR Linf benchmark.</summary>
    public double Epsilon { get; init; } = 8.0 / 255;

    /// <summary>What is climbed.</summary>
    public ApgdLoss Loss { get; init; } = ApgdLoss.CrossEntropy;

    /// <summary>Gradient steps of one search, at least 1.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Searches from different random starts, at least 1; of each class when targeted.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Most likely wrong classes aimed at, at least 1; fewer where the model has fewer.</summary>
    public int TargetClasses { get; init; } = 9;

    /// <summary>
    /// Whether an image leaves its search as soon as it is fooled. Later steps only raise its loss, so the verdict stays and time is saved;
    /// on a randomised defence one lucky draw is no verdict, and the search should go on to its end.
    /// </summary>
    public bool StopWhenFooled { get; init; } = true;

    /// <summary>Lists every fault at once.</summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (Norm.Fault(Epsilon) is { } fault)
            faults.Add(fault);
        if (Steps < 1)
            faults.Add($"Steps {Steps} must be at least 1.");
        if (Restarts < 1)
            faults.Add($"Restarts {Restarts} must be at least 1.");
        if (TargetClasses < 1)
            faults.Add($"TargetClasses {TargetClasses} must be at least 1.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }
}
