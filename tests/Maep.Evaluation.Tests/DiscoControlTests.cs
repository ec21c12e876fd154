using Maep.Attacks;
using Maep.Evaluation.Protocols;
using Maep.Export;
using Xunit.Abstractions;

namespace Maep.Evaluation.Tests;

/// <summary>
/// A control of the evaluation: its authors find DISCO at about 1 % under PGD through DISCO and classifier (Ho and Vasconcelos, 2022). A harness whose gradients
/// stop in the purifier would leave most images standing.
/// </summary>
public sealed class DiscoControlTests(ITestOutputHelper output)
{
    private const int Images = 20;

    [SkippableFact, Trait("needs", "data")]
    public void An_attacker_who_goes_through_disco_gets_all_and_one_who_ignores_it_does_not()
    {
        using var classifier = PublishedInputs.ResNet(56);
        using var disco = ModelFile.Open(Path.Combine(AppContext.BaseDirectory, "models", "disco-cifar10-equal.onnx")).Network;
        var evaluator = new RobustnessEvaluator(new DefenceUnderTest(classifier, disco), new ProjectedGradientDescent(new PgdOptions()), new EvaluationOptions { AdaptiveImages = 10 });

        var result = evaluator.Evaluate(PublishedInputs.Cifar10(Images), _ => { }, default);

        output.WriteLine($"bare {result.BareRobust}, clean {result.PurifiedClean}, non-adaptive {result.NonAdaptive}, adaptive {result.Adaptive}");
        Assert.InRange(result.PurifiedClean!.Value.Correct, Images * 8 / 10, Images);
        Assert.InRange(result.NonAdaptive!.Value.Correct, 2, Images);
        Assert.InRange(result.Adaptive!.Value.Correct, 0, 0); // of 10
    }
}
