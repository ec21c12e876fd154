using Maep.Attacks;
using Maep.Evaluation.Protocols;
using Maep.Export;
using Maep.Training.Data;

namespace Maep.Cli.Tests;

/// <summary>Controls of the evaluation itself, with the shipped models (Carlini et al., 2019): what must fall falls.</summary>
public sealed class ControlTests
{
    private const double Epsilon = 8.0 / 255;
    private const int Images = 30;

    private static readonly LabelledImages Set = Shapes10.Generate(Images, seed: 11);

    [Fact]
    public void An_undefended_classifier_goes_to_zero()
    {
        var classifier = Open("classifier-shapes10.onnx");
        var protocol = new Protocol("control", Epsilon, [new("AutoAttack", AttackerKnowledge.Adaptive, new AutoAttack(new AutoAttackOptions { Epsilon = Epsilon }))], []);

        var result = Run(new DefenceUnderTest(classifier, null), protocol);

        Assert.True(result.Clean.Share > 0.9);
        Assert.Equal(0, result.WorstCase.Correct);
    }

    [Theory]
    [InlineData("maep-shapes10.onnx", "classifier-shapes10.onnx")]
    public void An_attacker_who_knows_the_purifier_does_better_than_one_who_ignores_it(string purifier, string classifier)
    {
        var result = Run(new DefenceUnderTest(Open(classifier), Open(purifier)), Protocol.Named("quick", Epsilon));

        Assert.True(result.Findings[1].Robust.Correct < result.Findings[0].Robust.Correct, $"adaptive {result.Findings[1].Robust}, non-adaptive {result.Findings[0].Robust}");
    }

    private static ProtocolResult Run(DefenceUnderTest defence, Protocol protocol) => new ProtocolRun(defence, DefenceProbe.Of(defence, Set), protocol, new ProtocolOptions()).Run(Set, (_, _, _) => { }, default);

    private static TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> Open(string name) =>
        ModelFile.Open(Path.Combine(AppContext.BaseDirectory, "models", name)).Network;
}
