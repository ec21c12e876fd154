using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// An attack that cannot leave its threat model, whatever its search does: every image that comes back lies in the ball and in [0, 1];
/// an image that was wrong before, or that could not be fooled, comes back unchanged; epsilon 0 changes nothing; and on a deterministic
/// model an image gets the same result in a batch of any size, because its random numbers depend on the seed and its own index only.
/// Weights are frozen during the search.
/// </summary>
public abstract class BoundedAttack : IAttack
{
    /// <param name="norm">What the ball is measured with.</param>
    /// <param name="epsilon">Radius of the ball in pixel units on [0, 1].</param>
    /// <exception cref="ArgumentException">Epsilon is outside its range.</exception>
    protected BoundedAttack(PerturbationNorm norm, double epsilon)
    {
        if (norm.Fault(epsilon) is { } fault)
            throw new ArgumentException(fault);
        (Norm, Epsilon) = (norm, epsilon);
    }

    /// <summary>What the ball is measured with.</summary>
    public PerturbationNorm Norm { get; }

    /// <summary>Radius of the ball in pixel units on [0, 1].</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public virtual IAttack ForRandomDefence => this;

    /// <summary>Perturbs the images that the model gets right.</summary>
    /// <param name="model">Images [N, C, H, W] in [0, 1] to logits [N, K]; put in evaluation mode by the caller.</param>
    /// <param name="images">[N, C, H, W], values in [0, 1].</param>
    /// <param name="labels">[N], int64 class indices.</param>
    /// <param name="streams">Randomness of each image.</param>
    /// <returns>[N, C, H, W] in [0, 1], each within epsilon of its image, and equal to it where the search failed; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams)
    {
        AttackInput.Check(images, labels);
        if (streams.Count != images.shape[0])
            throw new ArgumentException($"{streams.Count} random streams for {images.shape[0]} images; give one for each.", nameof(streams));
        using var noGradient = no_grad();
        using var frozen = new FrozenParameters(model);
        using var scope = NewDisposeScope();

        var clean = images.detach().clone();
        if (Epsilon == 0)
            return clean.MoveToOuterDisposeScope();
        var rows = model.call(clean).argmax(1).eq(labels).nonzero().squeeze(1);
        if (rows.shape[0] == 0)
            return clean.MoveToOuterDisposeScope();
        var (right, rightLabels) = (clean.index_select(0, rows), labels.index_select(0, rows));
        var found = Search(model, right, rightLabels, streams.Select(rows));
        var adversarial = where(found.Fooled.reshape(-1, 1, 1, 1), Norm.Constrain(found.Images, right, Epsilon), right);
        return clean.index_copy(0, rows, adversarial).MoveToOuterDisposeScope();
    }

    /// <summary>Searches the ball around images that the model gets right; called with gradients off.</summary>
    /// <param name="model">Images to logits, weights frozen.</param>
    /// <param name="images">[N, C, H, W], N at least 1, all classified right.</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="streams">Randomness of each image.</param>
    protected internal abstract SearchResult Search(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams);

    /// <summary>Tries several searches in order, each on the images that the ones before left standing.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="streams">Randomness of each image; every attempt gets its own.</param>
    /// <param name="attempts">Number of searches.</param>
    /// <param name="attempt">Number of the attempt and rows [M] of the images still standing, with their images, labels and streams, to what it found.</param>
    private protected static SearchResult OnSurvivors(Tensor images, Tensor labels, ImageStreams streams, int attempts, Attempt attempt)
    {
        var (found, fooled) = (images.clone(), zeros_like(labels, ScalarType.Bool));
        for (var number = 0; number < attempts; number++)
        {
            using var scope = NewDisposeScope();
            var rows = fooled.logical_not().nonzero().squeeze(1);
            if (rows.shape[0] == 0)
                break;
            var result = attempt(number, rows, images.index_select(0, rows), labels.index_select(0, rows), streams.Select(rows).Fork(number));
            var hits = result.Fooled.nonzero().squeeze(1);
            found.index_copy_(0, rows.index_select(0, hits), result.Images.index_select(0, hits));
            fooled.index_fill_(0, rows.index_select(0, hits), true);
        }
        return new SearchResult(found, fooled);
    }

    private protected delegate SearchResult Attempt(int number, Tensor rows, Tensor images, Tensor labels, ImageStreams streams);
}
