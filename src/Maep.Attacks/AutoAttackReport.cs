namespace Maep.Attacks;

/// <summary>What AutoAttack found for each image of a data set. An image that is wrong when clean is not robust.</summary>
/// <param name="Attacks">Names of the attacks, in order.</param>
/// <param name="FooledBy">Per image the position of the attack that fooled it, <see cref="WrongWhenClean"/> or <see cref="Robust"/>.</param>
public sealed record AutoAttackReport(IReadOnlyList<string> Attacks, IReadOnlyList<int> FooledBy)
{
    /// <summary>The model was wrong without an attack.</summary>
    public const int WrongWhenClean = -1;

    /// <summary>No attack fooled the model.</summary>
    public const int Robust = int.MaxValue;

    /// <summary>Images right when clean.</summary>
    public int CleanCorrect => FooledBy.Count(by => by != WrongWhenClean);

    /// <summary>Images right after all attacks.</summary>
    public int RobustCorrect => FooledBy.Count(by => by == Robust);

    /// <summary>Images still right after an attack and all before it.</summary>
    /// <param name="attack">Position in <see cref="Attacks"/>.</param>
    public int RobustAfter(int attack) => FooledBy.Count(by => by > attack);
}
