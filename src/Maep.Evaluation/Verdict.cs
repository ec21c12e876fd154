using static TorchSharp.torch;

namespace Maep.Evaluation;

/// <summary>What a model makes of a batch, asked the same way in every evaluation.</summary>
internal static class Verdict
{
    /// <summary>[N], bool: which images the model gets right.</summary>
    public static Tensor Right(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels)
    {
        using var noGradient = no_grad();
        return model.call(images).argmax(1).eq(labels);
    }

    /// <summary>What several draws of a random model make of the images.</summary>
    /// <param name="model">Images to logits.</param>
    /// <param name="images">[N, 3, H, W] in [0, 1].</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="draws">Times to ask, at least 1.</param>
    /// <returns>[N], bool: right by the vote of all draws, a tie being wrong; and [N], bool: right in every draw.</returns>
    public static (Tensor Majority, Tensor Worst) OfDraws(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, int draws)
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
            var logits = model.call(images);
            return nn.functional.one_hot(logits.argmax(1), logits.shape[1]);
        }
    }
}
