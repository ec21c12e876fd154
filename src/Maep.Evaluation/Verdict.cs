using Maep.Attacks;
using static TorchSharp.torch;

namespace Maep.Evaluation;

/// <summary>What a model makes of a batch, asked the same way in every evaluation; what is right is said by <see cref="Decision"/>.</summary>
internal static class Verdict
{
    /// <summary>[N], bool: which images the model gets right.</summary>
    /// <exception cref="InvalidDataException">A score is no number; the message names the model and the image.</exception>
    public static Tensor Right(AskedModel model, Tensor images, Tensor labels, ImageStreams streams)
    {
        using var noGradient = no_grad();
        return model.Right(images, labels, streams);
    }

    /// <summary>What several draws of a random model make of the images.</summary>
    /// <param name="model">Images to logits.</param>
    /// <param name="images">[N, 3, H, W] in [0, 1].</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="streams">Which images these are, for messages.</param>
    /// <param name="draws">Times to ask, at least 1.</param>
    /// <returns>[N], bool: right by the vote of all draws, a tie being wrong; and [N], bool: right in every draw.</returns>
    /// <exception cref="InvalidDataException">A score is no number; the message names the model and the image.</exception>
    public static (Tensor Majority, Tensor Worst) OfDraws(AskedModel model, Tensor images, Tensor labels, ImageStreams streams, int draws)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var votes = Votes();
        for (var draw = 1; draw < draws; draw++)
            votes += Votes();
        var right = votes.gather(1, labels.unsqueeze(1));
        var (majority, worst) = (votes.ge(right).sum(1).eq(1), right.squeeze(1).eq(draws));
        return (majority.MoveToOuterDisposeScope(), worst.MoveToOuterDisposeScope());

        Tensor Votes()
        {
            var scores = model.Scores(images, streams);
            return nn.functional.one_hot(Decision.Of(scores), scores.shape[1]);
        }
    }
}
