namespace Maep.Attacks;

/// <summary>What a network says of its own gradients, for those who attack it and for the records they leave.</summary>
public interface IGradientFacts
{
    /// <summary>What stands for its gradient, as records print it; null where gradients are exact.</summary>
    string? GradientStandIn { get; }

    /// <summary>Whether it searches while it answers, which misleads attacks that do not follow the search (Croce et al., 2022).</summary>
    bool OptimisesAtTestTime { get; }
}
