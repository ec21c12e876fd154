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
    private const double Rounding = 1e-6; // of sums of floats near 1

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

    /// <inheritdoc/>
    public virtual bool TakesGradients => true;

    /// <summary>Perturbs the images that the model gets right.</summary>
    /// <param name="model">Images [N, C, H, W] in [0, 1] to logits [N, K]; put in evaluation mode by the caller.</param>
    /// <param name="images">[N, C, H, W], values in [0, 1].</param>
    /// <param name="labels">[N], int64 class indices.</param>
    /// <param name="streams">Randomness of each image.</param>
    /// <param name="cancellation">Stops before the next question to the model. Nothing of the batch is kept.</param>
    /// <returns>[N, C, H, W] in [0, 1], each within epsilon of its image, and equal to it where the search failed; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    /// <exception cref="InvalidDataException">A score or a gradient of the model is no number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams, CancellationToken cancellation = default)
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
        var asked = new AskedModel(model, cancellation);
        var rows = asked.Right(clean, labels, streams).nonzero().squeeze(1);
        if (rows.shape[0] == 0)
            return clean.MoveToOuterDisposeScope();
        var (right, rightLabels, rightStreams) = (clean.index_select(0, rows), labels.index_select(0, rows), streams.Select(rows));
        var found = Bound(Search(asked, right, rightLabels, rightStreams), asked, right, rightLabels, rightStreams);
        var adversarial = where(found.Fooled.reshape(-1, 1, 1, 1), found.Images, right);
        return clean.index_copy(0, rows, adversarial).MoveToOuterDisposeScope();
    }

    /// <summary>Searches the ball around images that the model gets right; called with gradients off.</summary>
    /// <param name="model">Images to logits, weights frozen.</param>
    /// <param name="images">[N, C, H, W], N at least 1, all classified right.</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="streams">Randomness of each image.</param>
    protected internal abstract SearchResult Search(AskedModel model, Tensor images, Tensor labels, ImageStreams streams);

    /// <summary>
    /// Brings what a search found into the ball. An image that lies in it stays as it is to the bit, because the model was asked about these bits; one that lies outside is another
    /// image once it is brought back, and the model is asked again.
    /// </summary>
    /// <param name="found">What the search found.</param>
    /// <param name="model">The model that was attacked.</param>
    /// <param name="images">[N, C, H, W], clean.</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="streams">Randomness of each image.</param>
    private protected SearchResult Bound(SearchResult found, AskedModel model, Tensor images, Tensor labels, ImageStreams streams)
    {
        var inRange = found.Images.ge(0).logical_and(found.Images.le(1)).flatten(1).all(1);
        var inside = inRange.logical_and(Norm.Measure(found.Images - images).le(Epsilon + (Rounding * Math.Max(Epsilon, 1))));
        var rows = found.Fooled.logical_and(inside.logical_not()).nonzero().squeeze(1); // NaN lies nowhere
        if (rows.shape[0] == 0)
            return found;
        var moved = Norm.Constrain(found.Images.index_select(0, rows), images.index_select(0, rows), Epsilon);
        var fooled = model.Fooled(moved, labels.index_select(0, rows), streams.Select(rows));
        return new SearchResult(found.Images.index_copy(0, rows, moved), found.Fooled.index_copy(0, rows, fooled));
    }

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
