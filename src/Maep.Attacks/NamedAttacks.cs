namespace Maep.Attacks;

/// <summary>
/// The attacks by the names that command lines and records use. PGD and its kin and APGD search to their last step even where the model is fooled before: the images may be
/// shown to another model, such as a purifier that the attacker ignores, and one that barely fools the first would flatter the second. FAB, Square and RayS end with the
/// first image that fools, as their papers have it, also inside AutoAttack.
/// </summary>
public static class NamedAttacks
{
    private static readonly Dictionary<string, Func<PerturbationNorm, double, int?, IAttack>> Fixed = new()
    {
        ["apgd-ce"] = (norm, epsilon, _) => new AutoProjectedGradientDescent(new ApgdOptions { Norm = norm, Epsilon = epsilon, StopWhenFooled = false }),
        ["apgd-dlr"] = (norm, epsilon, _) => new AutoProjectedGradientDescent(new ApgdOptions { Norm = norm, Epsilon = epsilon, StopWhenFooled = false, Loss = ApgdLoss.Dlr }),
        ["apgd-t"] = (norm, epsilon, classes) => new AutoProjectedGradientDescent(new ApgdOptions { Norm = norm, Epsilon = epsilon, StopWhenFooled = false, Loss = ApgdLoss.TargetedDlr, TargetClasses = Targets(classes) }),
        ["fab"] = (norm, epsilon, _) => new FastAdaptiveBoundary(new FabOptions { Norm = norm, Epsilon = epsilon, Targeted = false }),
        ["fab-t"] = (norm, epsilon, classes) => new FastAdaptiveBoundary(new FabOptions { Norm = norm, Epsilon = epsilon, TargetClasses = Targets(classes) }),
        ["square"] = (norm, epsilon, _) => new SquareAttack(new SquareOptions { Norm = norm, Epsilon = epsilon }),
        ["rays"] = (norm, epsilon, _) => Rays(norm, epsilon),
        ["autoattack"] = (norm, epsilon, classes) => new AutoAttack(new AutoAttackOptions { Norm = norm, Epsilon = epsilon, Classes = classes, StopWhenFooled = false }),
        ["autoattack-rand"] = (norm, epsilon, classes) => new AutoAttack(new AutoAttackOptions { Norm = norm, Epsilon = epsilon, Classes = classes, StopWhenFooled = false, Version = AutoAttackVersion.Rand }),
        ["autoattack-plus"] = (norm, epsilon, classes) => new AutoAttack(new AutoAttackOptions { Norm = norm, Epsilon = epsilon, Classes = classes, StopWhenFooled = false, Version = AutoAttackVersion.Plus }),
    };

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> All { get; } = [.. PgdOptions.Names, .. Fixed.Keys];

    /// <summary>Whether an attack has steps, a step size and restarts to choose; the others have the settings of their papers.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    public static bool TakesSteps(string name) => PgdOptions.Names.Contains(name);

    /// <summary>Whether an attack asks for answers only, so that any classifier can be attacked.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    public static bool NeedsNoGradient(string name) => name is "square" or "rays";

    /// <summary>An attack whose settings are those of its paper.</summary>
    /// <param name="name">One of <see cref="All"/> that takes no steps.</param>
    /// <param name="norm">Norm of the ball.</param>
    /// <param name="epsilon">Radius of the ball in pixel units on [0, 1].</param>
    /// <param name="classes">Classes of the model, which decide what of AutoAttack runs and how many classes targeted attacks aim at; null stands for 10 or more.</param>
    /// <exception cref="ArgumentException">Another name, a norm the attack does not have, or epsilon outside its range.</exception>
    public static IAttack Create(string name, PerturbationNorm norm, double epsilon, int? classes = null) => Fixed.TryGetValue(name, out var create)
        ? create(norm, epsilon, classes)
        : throw new ArgumentException($"Attack '{name}' is not known; use {string.Join(", ", Fixed.Keys)}.", nameof(name));

    private static int Targets(int? classes) => Math.Clamp((classes - 1) ?? 9, 1, 9);

    private static RaysAttack Rays(PerturbationNorm norm, double epsilon) => norm == PerturbationNorm.Linf
        ? new RaysAttack(new RaysOptions { Epsilon = epsilon })
        : throw new ArgumentException($"RayS has no norm {norm}; use Linf, or square.", nameof(norm));
}
