namespace Maep.Attacks.Tests;

public sealed class NamedAttacksTests
{
    [Fact]
    public void Every_name_without_steps_makes_an_attack_and_no_other_does()
    {
        var descriptions = NamedAttacks.All.Where(name => !NamedAttacks.TakesSteps(name)).Select(name => NamedAttacks.Create(name, PerturbationNorm.Linf, 8.0 / 255).Description);

        Assert.Equal(10, descriptions.Distinct().Count());
        Assert.Throws<ArgumentException>(() => NamedAttacks.Create("pgd", PerturbationNorm.Linf, 8.0 / 255));
    }

    [Fact]
    public void Rays_in_l2_is_answered_with_square()
    {
        var error = Assert.Throws<ArgumentException>(() => NamedAttacks.Create("rays", PerturbationNorm.L2, 0.5));

        Assert.Contains("RayS has no norm L2; use Linf, or square.", error.Message, StringComparison.Ordinal);
    }
}
