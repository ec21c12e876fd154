using Maep.Training.Autoencoder;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>
/// The loss of MAEP (paper Eq. 15): L1 between the whole clean image and the output for its partly hidden adversarial version,
/// reported as purification part (visible patches) and reconstruction part (hidden patches), which sum to it.
/// A recipe may add <see cref="ClassifierGuidance"/> to the steps that hide nothing, reported apart.
/// </summary>
public sealed class PurificationObjective : ITrainingObjective, IDisposable
{
    private const int LargestShift = 4; // pixels; the usual CIFAR crop padding

    private readonly MaskedAutoencoder _model;
    private readonly AdversarialPairs _pairs;
    private readonly PurifierRecipe _recipe;
    private readonly ClassifierGuidance? _guidance;
    private readonly EpochOrder _order;

    /// <param name="model">Network to train.</param>
    /// <param name="pairs">Clean and adversarial images.</param>
    /// <param name="recipe">Batch size, masking and strengths.</param>
    /// <param name="guidance">Term for the recipe's guidance; null when its weight is 0.</param>
    public PurificationObjective(MaskedAutoencoder model, AdversarialPairs pairs, PurifierRecipe recipe, ClassifierGuidance? guidance = null)
    {
        (_model, _pairs, _recipe, _guidance) = (model, pairs, recipe, guidance);
        _order = new EpochOrder(pairs.Count, recipe.BatchSize, recipe.Training.Seed);
        RecipeHash = Recipes.Hash(recipe);
    }

    /// <inheritdoc/>
    public nn.Module Model => _model;

    /// <inheritdoc/>
    public string RecipeHash { get; }

    /// <inheritdoc/>
    public Tensor Loss(long step, Generator random, IDictionary<string, double> metrics)
    {
        var indices = _order.Batch(step);
        var weaker = rand([indices.shape[0], 1, 1, 1], generator: random) < _recipe.WeakerShare;
        var strength = where(weaker, rand([indices.shape[0], 1, 1, 1], generator: random), 1f);
        var (clean, adversarial) = _pairs.Batch(indices, strength);
        var changed = Augmentation.ShiftAndFlip(cat([clean, adversarial], 1), LargestShift, rand([indices.shape[0]], generator: random) < 0.5, random).chunk(2, 1);
        (clean, adversarial) = (changed[0], changed[1]);

        var masked = rand([1], generator: random).item<float>() < _recipe.MaskedSteps && _recipe.MaskingRatio > 0;
        using var mask = masked ? PatchMask.Random(clean.shape[0], clean.shape[2] * clean.shape[3] / (_model.Options.PatchSize * _model.Options.PatchSize), _recipe.MaskingRatio, random) : null;
        var output = _model.Reconstruct(adversarial, mask);
        var error = (output - clean).abs();
        var loss = error.mean();

        var reconstruction = mask is null ? 0 : HiddenPart(error.detach(), mask);
        metrics["purification"] = loss.item<float>() - reconstruction;
        metrics["reconstruction"] = reconstruction;
        if (_guidance is null || mask is not null)
            return loss; // half an image cannot look whole to a classifier
        var distance = _guidance.Distance(output, clean, step);
        metrics["guidance"] = distance.item<float>();
        return loss + (_recipe.Guidance.Weight * distance);
    }

    /// <inheritdoc/>
    public void Dispose() => _order.Dispose();

    private double HiddenPart(Tensor error, PatchMask mask)
    {
        var grid = new PatchGrid(_model.Options.PatchSize).Split(error);
        return (grid * mask.Hidden.reshape(-1, 1, grid.shape[2], grid.shape[3])).mean().item<float>();
    }
}
