using System.CommandLine;
using Maep.Attacks;

namespace Maep.Cli;

/// <summary>The options that choose an attack, for the commands that run one.</summary>
internal sealed class AttackOptions
{
    private readonly Option<string> _norm = new("--norm") { Description = "Linf or L2.", DefaultValueFactory = _ => "Linf" };
    private readonly Option<double> _step = new("--step-size") { Description = "Length of one step of bim and pgd, for example 2/255.", CustomParser = Fraction.Parse, DefaultValueFactory = _ => 2.0 / 255 };
    private readonly Option<int> _steps = new("--steps") { Description = "Gradient steps of bim, pgd and mifgsm; the attacks after them have the settings of their papers.", DefaultValueFactory = _ => 10 };
    private readonly Option<int> _restarts = new("--restarts") { Description = "Random starts of pgd.", DefaultValueFactory = _ => 1 };

    public AttackOptions()
    {
        Name.AcceptOnlyFromAmong([.. NamedAttacks.All]);
        _norm.AcceptOnlyFromAmong("Linf", "L2");
    }

    public Option<string> Name { get; } = new("--attack") { Description = $"{string.Join(", ", NamedAttacks.All)}.", DefaultValueFactory = _ => "pgd" };

    public Option<double> Epsilon { get; } = new("--epsilon") { Description = "Budget in pixel units on [0, 1], for example 8/255.", CustomParser = Fraction.Parse, DefaultValueFactory = _ => 8.0 / 255 };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Name, _norm, Epsilon, _step, _steps, _restarts })
            command.Add(option);
        command.Validators.Add(result =>
        {
            // By token: asking for the value of a refused name throws. The default takes steps.
            if (result.GetResult(Name) is { Tokens: [.., { Value: var name }] } && NamedAttacks.All.Contains(name) && !NamedAttacks.TakesSteps(name) && new Option[] { _step, _steps, _restarts }.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } given)
                result.AddError($"{given.Name} does not apply to {name}, which has the settings of its paper; leave it out.");
        });
    }

    /// <summary>Whether the attack has the norm and the budget of the paper: Linf, 8/255.</summary>
    public bool IsThreatModelOfThePaper(ParseResult parsed) => parsed.GetValue(_norm) == "Linf" && Math.Abs(parsed.GetValue(Epsilon) - (8.0 / 255)) < 1e-9;

    public IAttack Create(ParseResult parsed)
    {
        var (name, norm, epsilon) = (parsed.GetValue(Name)!, PerturbationNorm.Parse(parsed.GetValue(_norm)!), parsed.GetValue(Epsilon));
        return NamedAttacks.TakesSteps(name)
            ? new ProjectedGradientDescent(PgdOptions.Named(name, epsilon, parsed.GetValue(_step), parsed.GetValue(_steps)) with { Norm = norm, Restarts = parsed.GetValue(_restarts) })
            : NamedAttacks.Create(name, norm, epsilon);
    }
}
