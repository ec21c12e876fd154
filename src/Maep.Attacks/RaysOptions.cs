namespace Maep.Attacks;

/// <summary>Settings of <see cref="RaysAttack"/>, in Linf.</summary>
public sealed record RaysOptions
{
    /// <summary>Radius of the ball in pixel units on [0, 1]; 8/255 is the CIFAR Linf benchmark.</summary>
    public double Epsilon { get; init; } = 8.0 / 255;

    /// <summary>Decisions asked for per image, at least 1; 10,000 is the original's limit.</summary>
    public int Queries { get; init; } = 10_000;

    /// <summary>Lists every fault at once.</summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (PerturbationNorm.Linf.Fault(Epsilon) is { } fault)
            faults.Add(fault);
        if (Queries < 1)
            faults.Add($"Queries {Queries} must be at least 1.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }
}
