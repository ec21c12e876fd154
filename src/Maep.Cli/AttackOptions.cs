using System.CommandLine;
using Maep.Attacks;

namespace Maep.Cli;

/// <summary>The options that choose an attack, for the commands that run one.</summary>
internal sealed class AttackOptions
{
    private const string Default = "pgd";

    private readonly Option<string> _norm = new("--norm") { Description = "Linf or L2.", DefaultValueFactory = _ => "Linf" };
    private readonly Option<double> _step = new("--step-size") { Description = "Length of one step of bim and pgd, for example 2/255 (default: a quarter of --epsilon).", CustomParser = Fraction.Parse };
    private readonly Option<int> _steps = new("--steps") { Description = "Gradient steps of bim, pgd and mifgsm; the others have the settings of their papers.", DefaultValueFactory = _ => 10 };
    private readonly Option<int> _restarts = new("--restarts") { Description = "Random starts of pgd.", DefaultValueFactory = _ => 1 };

    public AttackOptions()
    {
        Name.AcceptOnlyFromAmong([.. NamedAttacks.All]);
        _norm.AcceptOnlyFromAmong("Linf", "L2");
    }

    public Option<string> Name { get; } = new("--attack") { Description = $"{string.Join(", ", NamedAttacks.All)}.", DefaultValueFactory = _ => Default };

    public Option<double> Epsilon { get; } = new("--epsilon") { Description = "Budget in pixel units on [0, 1], for example 8/255; with L2 the length of the whole change.", CustomParser = Fraction.Parse, DefaultValueFactory = _ => 8.0 / 255 };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Name, _norm, Epsilon, _step, _steps, _restarts })
            command.Add(option);
        command.Validators.Add(result =>
        {
            // By token: asking for the value of a refused name throws.
            var name = result.GetResult(Name) is { Tokens: [.., var token] } ? token.Value : Default;
            if (NamedAttacks.All.Contains(name) && new Option[] { _step, _steps, _restarts }.Except(SettingsOf(name)).FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } given)
                result.AddError($"{given.Name} does not apply to {name}; leave it out.");
            if (result.GetResult(_norm) is { Tokens: [.., { Value: "L2" }] })
            {
                if (result.GetResult(Epsilon) is null or { Implicit: true })
                    result.AddError("--norm L2 needs --epsilon, the length of the whole change: 0.5 is usual at 32x32.");
                return; // the length of a whole image's change
            }
            foreach (var option in new[] { Epsilon, _step })
            {
                if (result.GetResult(option) is { Tokens: [.., { Value: var text }] } && Fraction.PixelFault(text) is { } fault)
                    result.AddError(fault);
            }
        });
    }

    /// <summary>Every option but the budget.</summary>
    public IEnumerable<Option> ButEpsilon => [Name, _norm, _step, _steps, _restarts];

    private Option[] SettingsOf(string name) => name switch
    {
        "bim" => [_step, _steps],
        "pgd" => [_step, _steps, _restarts],
        "mifgsm" => [_steps],
        _ => [], // the settings of its paper
    };

    /// <summary>Whether the attack has the norm and the budget of the paper: Linf, 8/255.</summary>
    public bool IsThreatModelOfThePaper(ParseResult parsed) => parsed.GetValue(_norm) == "Linf" && Math.Abs(parsed.GetValue(Epsilon) - (8.0 / 255)) < 1e-9;

    /// <param name="parsed">The command line.</param>
    /// <param name="classes">Classes of the images, which decide what of AutoAttack runs.</param>
    public IAttack Create(ParseResult parsed, int classes)
    {
        var (name, norm, epsilon) = (parsed.GetValue(Name)!, PerturbationNorm.Parse(parsed.GetValue(_norm)!), parsed.GetValue(Epsilon));
        return NamedAttacks.TakesSteps(name)
            ? new ProjectedGradientDescent(PgdOptions.Named(name, epsilon, parsed.GetResult(_step) is null ? epsilon / 4 : parsed.GetValue(_step), parsed.GetValue(_steps)) with { Norm = norm, Restarts = parsed.GetValue(_restarts) })
            : NamedAttacks.Create(name, norm, epsilon, classes);
    }
}
