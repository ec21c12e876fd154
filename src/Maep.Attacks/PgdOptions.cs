namespace Maep.Attacks;

/// <summary>What <see cref="ProjectedGradientDescent"/> raises.</summary>
public enum PgdLoss
{
    /// <summary>Cross-entropy (Madry et al., 2018).</summary>
    CrossEntropy,

    /// <summary>The largest other logit less that of the label (Carlini and Wagner, 2017): its gradient does not vanish where the classifier is sure.</summary>
    Margin,
}

/// <summary>Settings of <see cref="ProjectedGradientDescent"/>; the defaults are the CIFAR-10 Linf benchmark setting.</summary>
public sealed record PgdOptions
{
    /// <summary>Norm of the ball.</summary>
    public PerturbationNorm Norm { get; init; } = PerturbationNorm.Linf;

    /// <summary>Radius of the ball in pixel units on [0, 1]; 8/255 is the CIFAR Linf benchmark.</summary>
    public double Epsilon { get; init; } = 8.0 / 255;

    /// <summary>Length of one step in the norm, pixel units.</summary>
    public double StepSize { get; init; } = 2.0 / 255;

    /// <summary>Gradient steps, at least 1.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>Start at a random point of the ball (PGD) rather than at the image (BIM, FGSM).</summary>
    public bool RandomStart { get; init; } = true;

    /// <summary>Share of the accumulated, L1-normalised gradient kept from step to step: 0 for PGD, 1 for MI-FGSM (Dong et al., 2018).</summary>
    public double Momentum { get; init; }

    /// <summary>What the steps raise.</summary>
    public PgdLoss Loss { get; init; }

    /// <summary>Times the search starts anew, at least 1, on the images that the starts before left right; more than 1 needs a random start.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>
    /// Whether an image leaves the search as soon as the model is wrong about it: success then counts during the search and not only after it, and most of the work
    /// falls away. For attacks on the model that judges, where it is deterministic. False returns the last step of every image, for images that are shown to another model
    /// and for adversarial training.
    /// </summary>
    public bool StopWhenFooled { get; init; }

    /// <summary>One step of length epsilon from the image itself (Goodfellow et al., 2015).</summary>
    public static PgdOptions FastGradientSign(double epsilon) =>
        new() { Epsilon = epsilon, StepSize = epsilon, Steps = 1, RandomStart = false };

    /// <summary>Momentum iterative FGSM: <paramref name="steps"/> steps of epsilon / steps with momentum 1.</summary>
    public static PgdOptions MomentumIterative(double epsilon, int steps) =>
        new() { Epsilon = epsilon, StepSize = epsilon / Math.Max(steps, 1), Steps = steps, RandomStart = false, Momentum = 1 };

    /// <summary>Names of <see cref="Named"/>, as recipes and command lines write them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["fgsm", "bim", "pgd", "mifgsm"];

    /// <summary>The Linf attack of a name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="epsilon">Radius of the ball, pixel units on [0, 1].</param>
    /// <param name="stepSize">Length of one step, pixel units; FGSM and MI-FGSM take theirs from epsilon.</param>
    /// <param name="steps">Gradient steps; FGSM has one.</param>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static PgdOptions Named(string name, double epsilon, double stepSize, int steps) => name switch
    {
        "fgsm" => FastGradientSign(epsilon),
        "mifgsm" => MomentumIterative(epsilon, steps),
        "bim" or "pgd" => new() { Epsilon = epsilon, StepSize = stepSize, Steps = steps, RandomStart = name == "pgd" },
        _ => throw new ArgumentException($"Attack kind '{name}' is not known; use fgsm, bim, pgd or mifgsm."),
    };

    /// <summary>Lists every fault at once.</summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (Norm.Fault(Epsilon) is { } fault)
            faults.Add(fault);
        if (!double.IsFinite(StepSize) || StepSize < 0)
            faults.Add($"StepSize {StepSize} must be at least 0.");
        if (Steps < 1)
            faults.Add($"Steps {Steps} must be at least 1.");
        if (!double.IsFinite(Momentum) || Momentum < 0)
            faults.Add($"Momentum {Momentum} must be at least 0.");
        if (Restarts < 1)
            faults.Add($"Restarts {Restarts} must be at least 1.");
        else if (Restarts > 1 && !RandomStart)
            faults.Add($"Restarts {Restarts} without a random start repeat one search; set RandomStart or leave Restarts at 1.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }
}
