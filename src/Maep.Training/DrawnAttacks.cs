using Maep.Attacks;

namespace Maep.Training;

/// <summary>
/// A family of Linf attacks whose settings are drawn anew for every batch of pairs: FGSM, BIM, PGD and MI-FGSM of any length are among them, on either loss and at smaller budgets.
/// </summary>
public sealed record DrawnAttacks
{
    private const double FullBudget = 0.7;
    private const double SmallestBudget = 0.25;
    private const double LeastReach = 0.75, LargestReach = 6;

    /// <summary>Most gradient steps of an attack, at least 1; the logarithm of their number is uniform.</summary>
    public int MostSteps { get; init; } = 40;

    /// <summary>Mean number of gradient steps: what an image costs.</summary>
    public double MeanSteps => MostSteps == 1 ? 1 : Enumerable.Range(1, MostSteps).Sum(steps => steps * Math.Log((steps + 1.0) / steps)) / Math.Log(MostSteps + 1);

    /// <summary>Draws one attack.</summary>
    /// <param name="epsilon">Largest budget, pixel units on [0, 1]; seven of ten attacks have it, the others a part of it.</param>
    /// <param name="random">Source of all choices.</param>
    public PgdOptions Draw(double epsilon, Random random)
    {
        var budget = random.NextDouble() < FullBudget ? epsilon : epsilon * Between(SmallestBudget, 1);
        var steps = Math.Min(MostSteps, (int)LogBetween(1, MostSteps + 1));
        // All steps in one direction lead so many budgets far: 1 just reaches the corner, as BIM and MI-FGSM of the papers do, more lets the search turn.
        var reach = LogBetween(LeastReach, LargestReach);
        return new PgdOptions
        {
            Epsilon = budget,
            Steps = steps,
            StepSize = Math.Min(budget, budget * reach / steps),
            RandomStart = random.NextDouble() < 0.5,
            Momentum = random.NextDouble() < 0.5 ? 0 : Between(0.5, 1),
            Loss = random.NextDouble() < 0.7 ? PgdLoss.CrossEntropy : PgdLoss.Margin,
        };

        double Between(double least, double most) => least + ((most - least) * random.NextDouble());
        double LogBetween(double least, double most) => Math.Exp(Between(Math.Log(least), Math.Log(most)));
    }
}
