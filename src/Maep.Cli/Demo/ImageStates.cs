using Maep.Attacks;
using Maep.Networks.Classifiers;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Cli.Demo;

/// <summary>The images of a demo in every state; [N, 3, H, W] in [0, 1] each, the adaptive ones fewer.</summary>
internal sealed record ImageStates(Tensor Clean, Tensor Attacked, Tensor Purified, Tensor Adaptive)
{
    private const int BatchSize = 50;

    public static ImageStates Make(LabelledImages images, nn.Module<Tensor, Tensor> classifier, nn.Module<Tensor, Tensor> purifier, IAttack attack, int adaptiveImages, Action<int> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(0);
        using var defence = new PurifiedClassifier(purifier, classifier);
        List<Tensor> clean = [], attacked = [], purified = [], adaptive = [];
        var done = 0;
        foreach (var (batch, labels) in images.Batches(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            clean.Add(batch);
            attacked.Add(attack.Perturb(classifier, batch, labels, random, cancellation));
            using (no_grad())
                purified.Add(purifier.call(attacked[^1]));
            if (done < adaptiveImages)
                adaptive.Add(attack.Perturb(defence, batch, labels, random, cancellation));
            progress(done += (int)batch.shape[0]);
        }
        return new ImageStates(Join(clean), Join(attacked), Join(purified), Join(adaptive));
    }

    private static Tensor Join(List<Tensor> batches) => cat(batches, 0).MoveToOuterDisposeScope();
}
