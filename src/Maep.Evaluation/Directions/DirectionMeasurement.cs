using System.Globalization;
using Maep.Attacks;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Directions;

/// <summary>
/// Measures the conjecture of the paper's section 3.3: a purifier P moves a clean image x and its adversarial version x_a alike, P(x) - x ~ P(x_a) - x_a (Eq. 12),
/// so that a classifier f sees the same in P(x) and in x + P(x_a) - x_a (Eq. 13).
/// </summary>
/// <param name="classifier">Images in [0, 1] to logits, in evaluation mode; attacked while the purifier is ignored.</param>
/// <param name="purifier">Images to images, in evaluation mode.</param>
/// <param name="attack">Makes the adversarial versions.</param>
/// <param name="options">Seed, state file, and images attacked together: at least 2, and one more where the last would be alone.</param>
public sealed class DirectionMeasurement(nn.Module<Tensor, Tensor> classifier, nn.Module<Tensor, Tensor> purifier, IAttack attack, EvaluationOptions options)
{
    private readonly int _batchSize = Math.Max(2, options.BatchSize);
    private List<PurifiedPair> _pairs = [];
    private RunState<List<PurifiedPair>>? _state;

    /// <summary>Attacks and purifies images, or what of them the state file does not hold yet.</summary>
    /// <param name="images">At least two: each is compared with its neighbour, too.</param>
    /// <param name="progress">Receives images done.</param>
    /// <param name="cancellation">Stops after the current step of the attack; the batches before are kept.</param>
    /// <returns>One entry for each image, in order.</returns>
    /// <exception cref="ArgumentException">Fewer than two images.</exception>
    /// <exception cref="InvalidDataException">The state file is damaged or belongs to another measurement, or a network answers what is no number.</exception>
    public IReadOnlyList<PurifiedPair> Measure(LabelledImages images, Action<int> progress, CancellationToken cancellation)
    {
        if (images.Count < 2)
            throw new ArgumentException($"{images.Count} images to compare; give at least 2.", nameof(images));
        _state = new(options.StatePath, string.Create(CultureInfo.InvariantCulture,
            $"directions, {attack.Description}, {images.Count} images of {images.Name} {images.Digest()}, batches of {_batchSize}, seed {options.Seed}, {options.Subject}"));
        _pairs = _state.Found ?? [];
        while (_pairs.Count < images.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            var left = images.Count - _pairs.Count;
            Measure(images.Slice(_pairs.Count, left <= _batchSize + 1 ? left : _batchSize), _pairs.Count, cancellation); // a last image alone would have no neighbour: it joins the batch before
            _state.Save(_pairs);
            progress(_pairs.Count);
        }
        return _pairs;
    }

    /// <summary>Removes the state file: the result is reported.</summary>
    public void Finish() => _state?.Delete();

    private void Measure(LabelledImages batch, int first, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var bytes = batch.PixelTensor();
        var (clean, labels, streams) = (LabelledImages.ToUnitRange(bytes), batch.LabelTensor(), new ImageStreams(options.Seed, first, batch.Count));
        var (judge, cleaner) = (new AskedModel(classifier, cancellation), new AskedModel(purifier, cancellation));
        var adversarial = attack.Perturb(classifier, clean, labels, streams, cancellation);
        using var noGradient = no_grad();
        var (purified, purifiedAdversarial) = (cleaner.Purified(clean, streams), cleaner.Purified(adversarial, streams));
        var (direction, attackedDirection, change) = (purified - clean, purifiedAdversarial - adversarial, adversarial - clean);

        var (alike, stranger, undoing) = (Cosine(direction, attackedDirection), Cosine(direction, attackedDirection.roll(1, 0)), Cosine(attackedDirection, -change));
        var (length, attackedLength, changeLength) = (Length(direction), Length(attackedDirection), Length(change));
        var answers = new[] { clean, purified, purifiedAdversarial, clean + attackedDirection, clean - change }.Select(image => Decision.Of(judge.Scores(image, streams)).data<long>().ToArray()).ToArray();
        for (var image = 0; image < batch.Count; image++)
        {
            var label = batch.Labels[image];
            _pairs.Add(new PurifiedPair
            {
                Cosine = alike[image],
                NeighbourCosine = stranger[image],
                UndoingCosine = undoing[image],
                CleanLength = length[image],
                AttackedLength = attackedLength[image],
                ChangeLength = changeLength[image],
                Agrees = answers[1][image] == answers[3][image],
                CleanRight = answers[0][image] == label,
                PurifiedRight = answers[1][image] == label,
                AttackedRight = answers[2][image] == label,
                MovedRight = answers[3][image] == label,
                OppositeRight = answers[4][image] == label,
            });
        }
    }

    // [N] of images [N, 3, H, W]; NaN where either is 0.
    private static double[] Cosine(Tensor a, Tensor b)
    {
        var (x, y) = (a.flatten(1).to(ScalarType.Float64), b.flatten(1).to(ScalarType.Float64));
        return [.. ((x * y).sum(1) / (x.square().sum(1) * y.square().sum(1)).sqrt()).data<double>()];
    }

    private static double[] Length(Tensor a) => [.. a.flatten(1).to(ScalarType.Float64).square().sum(1).sqrt().data<double>()];
}
