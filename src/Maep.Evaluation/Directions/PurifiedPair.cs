namespace Maep.Evaluation.Directions;

/// <summary>How a purifier P moves one clean image x and its adversarial version x_a, and what the classifier says. Lengths are L2 over all values in [0, 1].</summary>
public sealed record PurifiedPair
{
    /// <summary>Cosine of P(x) - x and P(x_a) - x_a; NaN where the purifier leaves one of them as it is.</summary>
    public required double Cosine { get; init; }

    /// <summary>The same with P(x_a) - x_a of another image: what any two images share.</summary>
    public required double NeighbourCosine { get; init; }

    /// <summary>Cosine of P(x_a) - x_a and x - x_a: 1 where the attack is undone.</summary>
    public required double UndoingCosine { get; init; }

    /// <summary>Length of P(x) - x.</summary>
    public required double CleanLength { get; init; }

    /// <summary>Length of P(x_a) - x_a.</summary>
    public required double AttackedLength { get; init; }

    /// <summary>Length of x_a - x.</summary>
    public required double ChangeLength { get; init; }

    /// <summary>The classifier says the same of P(x) and of x + P(x_a) - x_a.</summary>
    public required bool Agrees { get; init; }

    /// <summary>It is right about x.</summary>
    public required bool CleanRight { get; init; }

    /// <summary>It is right about P(x).</summary>
    public required bool PurifiedRight { get; init; }

    /// <summary>It is right about P(x_a), whatever it says of P(x).</summary>
    public required bool AttackedRight { get; init; }

    /// <summary>It is right about x + P(x_a) - x_a.</summary>
    public required bool MovedRight { get; init; }

    /// <summary>It is right about x - (x_a - x), where a perfect purifier's direction would lead.</summary>
    public required bool OppositeRight { get; init; }
}
