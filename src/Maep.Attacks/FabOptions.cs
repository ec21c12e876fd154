namespace Maep.Attacks;

/// <summary>Settings of <see cref="FastAdaptiveBoundary"/>; the defaults are those of AutoAttack's standard version.</summary>
public sealed record FabOptions
{
    /// <summary>Norm of the ball.</summary>
    public PerturbationNorm Norm { get; init; } = PerturbationNorm.Linf;

    /// <summary>Radius of the ball in pixel units on [0, 1]; 8/255 is the CIFAR Linf benchmark.</summary>
    public double Epsilon { get; init; } = 8.0 / 255;

    /// <summary>Steps of one search, at least 1.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Searches, at least 1; the first starts at the image, the others at random points half of epsilon away.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>One search for each likely wrong class (FAB-T) rather than towards the nearest boundary of all, which costs a gradient per class in each step.</summary>
    public bool Targeted { get; init; } = true;

    /// <summary>Most likely wrong classes aimed at, at least 1; fewer where the model has fewer.</summary>
    public int TargetClasses { get; init; } = 9;

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
