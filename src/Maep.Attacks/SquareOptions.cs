namespace Maep.Attacks;

/// <summary>Settings of <see cref="SquareAttack"/>; the defaults are those of AutoAttack's standard version.</summary>
public sealed record SquareOptions
{
    /// <summary>Norm of the ball.</summary>
    public PerturbationNorm Norm { get; init; } = PerturbationNorm.Linf;

    /// <summary>Radius of the ball in pixel units on [0, 1]; 8/255 is the CIFAR Linf benchmark.</summary>
    public double Epsilon { get; init; } = 8.0 / 255;

    /// <summary>Squares tried, at least 1; the start costs one query more.</summary>
    public int Queries { get; init; } = 5000;

    /// <summary>Share of the pixels that the first squares cover, in (0, 1].</summary>
    public double InitialShare { get; init; } = 0.8;

    /// <summary>Searches from different random starts, at least 1.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Share of the pixels that a square covers: the initial one, halved after 10, 50, 200, 500, 1000, 2000, 4000, 6000 and 8000 queries (not rescaled to the number of queries, as in AutoAttack).</summary>
    /// <param name="query">Squares tried before, from 0.</param>
    public double Share(int query) => InitialShare / (1 << Halvings.Count(after => query > after));

    private static readonly int[] Halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

    /// <summary>Lists every fault at once.</summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (Norm.Fault(Epsilon) is { } fault)
            faults.Add(fault);
        if (Queries < 1)
            faults.Add($"Queries {Queries} must be at least 1.");
        if (!(InitialShare > 0 && InitialShare <= 1))
            faults.Add($"InitialShare {InitialShare} must be above 0 and at most 1.");
        if (Restarts < 1)
            faults.Add($"Restarts {Restarts} must be at least 1.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }
}
