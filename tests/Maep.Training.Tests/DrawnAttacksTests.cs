namespace Maep.Training.Tests;

public sealed class DrawnAttacksTests
{
    private const double Epsilon = 8.0 / 255;

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Every_draw_is_an_attack_within_the_budget_and_the_mean_number_of_steps_is_known(int most)
    {
        var (recipe, random) = (new DrawnAttacks { MostSteps = most }, new Random(1));

        var drawn = Enumerable.Range(0, 20_000).Select(_ => recipe.Draw(Epsilon, random)).ToList();

        Assert.All(drawn, attack =>
        {
            attack.Validate();
            Assert.InRange(attack.Steps, 1, most);
            Assert.InRange(attack.Epsilon, Epsilon / 4, Epsilon);
            Assert.InRange(attack.StepSize, 0, attack.Epsilon);
        });
        Assert.InRange(drawn.Average(attack => attack.Steps) / recipe.MeanSteps, 0.97, 1.03);
        Assert.Equal(most, drawn.Max(attack => attack.Steps));
    }

    [Fact]
    public void A_recipe_without_steps_is_refused()
    {
        var fault = Assert.Throws<ArgumentException>(new PurifierRecipe { Pairs = new PairRecipe { Drawn = new DrawnAttacks { MostSteps = 0 } } }.Validate);

        Assert.Contains("MostSteps 0", fault.Message, StringComparison.Ordinal);
    }
}
