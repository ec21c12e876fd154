namespace Maep.Protection;

/// <summary>How a classifier is protected.</summary>
public sealed record ProtectionOptions
{
    /// <summary>Linf budget of the attacker, pixel units on [0, 1].</summary>
    public double Epsilon { get; init; } = 8.0 / 255;

    /// <summary>Minutes for everything: pairs, training and measurement, all sittings together.</summary>
    public double Minutes { get; init; } = 60;

    /// <summary>Seed of every random choice. How far the training gets depends on the machine all the same.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Lists every fault at once.</summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (!(Epsilon is > 0 and <= 1))
            faults.Add($"Epsilon {Epsilon} must be above 0 and at most 1; 8/255 is usual for small images, 4/255 for photographs.");
        if (!(double.IsFinite(Minutes) && Minutes > 0))
            faults.Add($"Minutes {Minutes} must be above 0.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }
}
