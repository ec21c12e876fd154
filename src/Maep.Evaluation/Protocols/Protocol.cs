using Maep.Attacks;

namespace Maep.Evaluation.Protocols;

/// <summary>A named set of attacks, so that figures of different models compare. Linf.</summary>
/// <param name="Name">"quick", "protect", "paper" or "trust".</param>
/// <param name="Epsilon">Budget in pixel units on [0, 1].</param>
/// <param name="Attacks">The attacks whose worst case is the headline.</param>
/// <param name="Curve">Budgets of the curve of accuracy against epsilon, pixel units; empty draws none.</param>
public sealed record Protocol(string Name, double Epsilon, IReadOnlyList<ProtocolAttack> Attacks, IReadOnlyList<double> Curve)
{
    /// <summary>Name of the protocol with every kind of attacker.</summary>
    public const string Trust = "trust";

    /// <summary>Name of the protocol that <c>maep protect</c> measures with.</summary>
    public const string Protect = "protect";

    private const int AdaptiveImages = 100;
    private const int AutoAttackImages = 1000; // as the paper's tables and RobustBench's quick checks
    private const int DecisionImages = 100;
    private const int CurveSteps = 50;

    /// <summary>Names of <see cref="Named"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["quick", Protect, "paper", Trust];

    /// <summary>The protocol of a name.</summary>
    /// <param name="name">
    /// quick: PGD-10, non-adaptive and adaptive. protect: FGSM, PGD-10, BIM-16 and MI-FGSM-10 non-adaptively, PGD-10 by transfer, PGD-20 adaptively on 100 images. paper: the paper's non-adaptive PGD-100 and AutoAttack, and both adaptively.
    /// trust: what a purifier must stand before it is trusted (non-adaptive, transfer, BPDA, adaptive, query), and the curve.
    /// </param>
    /// <param name="epsilon">Budget in pixel units on [0, 1].</param>
    /// <param name="purified">Whether there is a purifier; without one an attack on the classifier is an attack on everything.</param>
    /// <param name="transfer">Whether another classifier is at hand.</param>
    /// <param name="random">Whether two calls of the defence differ: AutoAttack then is its version rand, and success counts at the end of a search only, as one draw proves little.</param>
    /// <param name="classes">Classes of the classifier, which decide what of AutoAttack runs; null stands for 4 or more.</param>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static Protocol Named(string name, double epsilon, bool purified = true, bool transfer = false, bool random = false, int? classes = null)
    {
        var attacks = name switch
        {
            "quick" => Both(Pgd(10, epsilon, random)),
            Protect => OfProtection(epsilon, random),
            "paper" => [.. Both(Pgd(100, epsilon, random)), .. Both(Auto(epsilon, random, classes))],
            Trust => Every(epsilon, random, classes),
            _ => throw new ArgumentException($"Protocol '{name}' is not known; use {string.Join(", ", Names)}."),
        };
        var possible = attacks.Where(attack => attack.Knowledge switch
        {
            AttackerKnowledge.NonAdaptive or AttackerKnowledge.Approximate => purified,
            AttackerKnowledge.Transfer => transfer,
            _ => true,
        });
        return new Protocol(name, epsilon, [.. possible], name == Trust ? [0, 1 / 255.0, 2 / 255.0, 4 / 255.0, 8 / 255.0, 16 / 255.0, 32 / 255.0, 64 / 255.0] : []);
    }

    /// <summary>The adaptive attack of one point of the curve.</summary>
    internal static ProtocolAttack CurvePoint(double epsilon, bool random) => new(FormattableString.Invariant($"curve at {epsilon * 255:0.###}/255"), AttackerKnowledge.Adaptive,
        new ProjectedGradientDescent(new PgdOptions { Epsilon = epsilon, StepSize = epsilon / 8, Steps = CurveSteps, StopWhenFooled = !random }));

    private static ProtocolAttack[] OfProtection(double epsilon, bool random) =>
    [
        new("FGSM", AttackerKnowledge.NonAdaptive, new ProjectedGradientDescent(PgdOptions.FastGradientSign(epsilon))),
        Pgd(10, epsilon, random)(AttackerKnowledge.NonAdaptive),
        new("BIM-16", AttackerKnowledge.NonAdaptive, new ProjectedGradientDescent(new PgdOptions { Epsilon = epsilon, StepSize = epsilon / 16, Steps = 16, RandomStart = false })),
        new("MI-FGSM-10", AttackerKnowledge.NonAdaptive, new ProjectedGradientDescent(PgdOptions.MomentumIterative(epsilon, 10))),
        Pgd(10, epsilon, random)(AttackerKnowledge.Transfer),
        Pgd(20, epsilon, random)(AttackerKnowledge.Adaptive) with { Images = AdaptiveImages },
    ];

    private static ProtocolAttack[] Every(double epsilon, bool random, int? classes) =>
    [
        new("FGSM", AttackerKnowledge.NonAdaptive, new ProjectedGradientDescent(PgdOptions.FastGradientSign(epsilon))),
        new("BIM-10", AttackerKnowledge.NonAdaptive, new ProjectedGradientDescent(new PgdOptions { Epsilon = epsilon, RandomStart = false })),
        new("MI-FGSM-10", AttackerKnowledge.NonAdaptive, new ProjectedGradientDescent(PgdOptions.MomentumIterative(epsilon, 10))),
        Pgd(100, epsilon, random)(AttackerKnowledge.NonAdaptive),
        Auto(epsilon, random, classes)(AttackerKnowledge.NonAdaptive),
        Pgd(100, epsilon, random)(AttackerKnowledge.Transfer),
        Pgd(100, epsilon, random)(AttackerKnowledge.Approximate),
        new("FGSM", AttackerKnowledge.Adaptive, new ProjectedGradientDescent(PgdOptions.FastGradientSign(epsilon))),
        Pgd(100, epsilon, random)(AttackerKnowledge.Adaptive),
        Pgd(200, epsilon, random)(AttackerKnowledge.Adaptive),
        Auto(epsilon, random, classes)(AttackerKnowledge.Adaptive),
        new("Square", AttackerKnowledge.Query, new SquareAttack(new SquareOptions { Epsilon = epsilon })),
        new("RayS", AttackerKnowledge.Query, new RaysAttack(new RaysOptions { Epsilon = epsilon }), DecisionImages),
    ];

    private static ProtocolAttack[] Both(Func<AttackerKnowledge, ProtocolAttack> attack) => [attack(AttackerKnowledge.NonAdaptive), attack(AttackerKnowledge.Adaptive)];

    private static Func<AttackerKnowledge, ProtocolAttack> Pgd(int steps, double epsilon, bool random) => knowledge =>
        new($"PGD-{steps}", knowledge, new ProjectedGradientDescent(new PgdOptions { Epsilon = epsilon, StepSize = epsilon / 4, Steps = steps, StopWhenFooled = StopsEarly(knowledge, random) }));

    private static Func<AttackerKnowledge, ProtocolAttack> Auto(double epsilon, bool random, int? classes) => knowledge => new("AutoAttack", knowledge, new AutoAttack(new AutoAttackOptions
    {
        Epsilon = epsilon,
        Classes = classes,
        StopWhenFooled = StopsEarly(knowledge, random),
        Version = random && knowledge == AttackerKnowledge.Adaptive ? AutoAttackVersion.Rand : AutoAttackVersion.Standard,
    }), AutoAttackImages);

    // Only where the attacked model is the one that judges. An image that barely fools a classifier is no attack at all on a purifier ahead of it: there the search goes to its end.
    private static bool StopsEarly(AttackerKnowledge knowledge, bool random) => knowledge == AttackerKnowledge.Adaptive && !random;
}
