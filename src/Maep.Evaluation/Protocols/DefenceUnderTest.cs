using Maep.Attacks;
using Maep.Networks.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Protocols;

/// <summary>
/// The networks of an evaluation, and which of them an attacker may differentiate. The answers of each are checked as they leave it; messages name a network as itself, or as the
/// <see cref="CheckedModel"/> does in which it comes.
/// </summary>
public sealed class DefenceUnderTest
{
    /// <param name="classifier">Images [N, 3, H, W] in [0, 1] to logits, in evaluation mode.</param>
    /// <param name="purifier">Images to images, in evaluation mode; null for a bare classifier.</param>
    /// <param name="transfer">Another classifier, for attacks made without knowing this one; null for none.</param>
    public DefenceUnderTest(nn.Module<Tensor, Tensor> classifier, nn.Module<Tensor, Tensor>? purifier, nn.Module<Tensor, Tensor>? transfer = null)
    {
        Classifier = CheckedModel.Classifier(classifier);
        Purifier = purifier is null ? null : CheckedModel.Purifier(purifier);
        Transfer = transfer is null ? null : CheckedModel.Classifier(transfer);
        Whole = Purifier is null ? Classifier : CheckedModel.Classifier(new PurifiedClassifier(Purifier, Classifier), $"{Purifier.GetName()} ahead of {Classifier.GetName()}");
    }

    /// <summary>The bare classifier.</summary>
    public nn.Module<Tensor, Tensor> Classifier { get; }

    /// <summary>Null for a bare classifier.</summary>
    public CheckedModel? Purifier { get; }

    /// <summary>Another classifier; null for none.</summary>
    public nn.Module<Tensor, Tensor>? Transfer { get; }

    /// <summary>Purifier and classifier: what gives every verdict.</summary>
    public nn.Module<Tensor, Tensor> Whole { get; }

    /// <summary>The model that an attacker of some knowledge sees.</summary>
    /// <param name="knowledge">What he knows.</param>
    /// <param name="draws">Gradients to average where the defence is random, whose answers to queries are then means, too; 1 where it is not.</param>
    /// <exception cref="InvalidOperationException">There is no classifier to transfer from.</exception>
    public nn.Module<Tensor, Tensor> SeenBy(AttackerKnowledge knowledge, int draws = 1) => knowledge switch
    {
        AttackerKnowledge.NonAdaptive => Classifier,
        AttackerKnowledge.Transfer => Transfer ?? throw new InvalidOperationException("A transfer attack needs another classifier; name one, or leave the attack out."),
        AttackerKnowledge.Approximate when Purifier is not null => Drawn(new PurifiedClassifier(new BackwardPassApproximation(Purifier.call), Classifier), draws),
        AttackerKnowledge.Query => new BlackBoxClassifier(draws > 1 ? MeanOfDraws : Whole.call),
        _ => Drawn(Whole, draws),
    };

    // One lucky draw would end a search on an image that hardly changed.
    private Tensor MeanOfDraws(Tensor images)
    {
        using var scope = NewDisposeScope();
        return stack([.. Enumerable.Range(0, ProtocolRun.JudgingDraws).Select(_ => Whole.call(images))], 0).mean([0]).MoveToOuterDisposeScope();
    }

    private static nn.Module<Tensor, Tensor> Drawn(nn.Module<Tensor, Tensor> model, int draws) => draws > 1 ? new ExpectationOverTransformation(model, draws) : model;
}
