using Maep.Networks.Purifiers;
using Maep.Transforms;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>
/// The loss of MAEP (paper Eq. 15): L1 between the whole clean image and the output for its partly hidden adversarial version,
/// reported as purification part (visible patches) and reconstruction part (hidden patches), which sum to it.
/// A recipe may name another of <see cref="LossDesigns"/>, or add <see cref="ClassifierGuidance"/> to the steps that hide nothing, reported apart.
/// Images larger than the network go through it in tiles.
/// </summary>
public sealed class PurificationObjective : ITrainingObjective, IDisposable
{
    private const int LargestShift = 4; // pixels; the usual CIFAR crop padding

    private readonly TrainablePurifier _model;
    private readonly AdversarialPairs _pairs;
    private readonly PurifierRecipe _recipe;
    private readonly ClassifierGuidance? _guidance;
    private readonly EpochOrder _order;
    private readonly TiledPurifier? _tiles;

    /// <param name="model">Network to train.</param>
    /// <param name="pairs">Clean and adversarial images.</param>
    /// <param name="recipe">Batch size, loss, masking and strengths.</param>
    /// <param name="guidance">Term for the recipe's guidance; null when its weight is 0.</param>
    /// <exception cref="ArgumentException">Parts of the recipe do not fit each other.</exception>
    public PurificationObjective(TrainablePurifier model, AdversarialPairs pairs, PurifierRecipe recipe, ClassifierGuidance? guidance = null)
    {
        recipe.Validate();
        (_model, _pairs, _recipe, _guidance) = (model, pairs, recipe, guidance);
        _tiles = model.For(pairs.ImageSize.Height, pairs.ImageSize.Width, TileAxis.DefaultOverlap) as TiledPurifier;
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
        (clean, adversarial) = Change(clean, adversarial, random);
        return _recipe.Loss is { } design ? Loss(design, clean, adversarial, step, random, metrics) : Loss(clean, adversarial, step, random, metrics);
    }

    /// <inheritdoc/>
    public void Dispose() => _order.Dispose();

    private Tensor Loss(Tensor clean, Tensor adversarial, long step, Generator random, IDictionary<string, double> metrics)
    {
        var masked = rand([1], generator: random).item<float>() < _recipe.MaskedSteps && _recipe.MaskingRatio > 0;
        using var mask = masked ? Mask(clean, random) : null;
        var output = _tiles is null ? _model.Reconstruct(adversarial, mask) : _tiles.Purify(adversarial, tiles => _model.Reconstruct(tiles, null));
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

    private Tensor Loss(LossRecipe design, Tensor clean, Tensor adversarial, long step, Generator random, IDictionary<string, double> metrics)
    {
        switch (design.Kind)
        {
            case LossRecipe.Reconstruction:
                return LossDesigns.Reconstruction(_model, clean, adversarial, metrics);
            case LossRecipe.TradesPixel:
                return LossDesigns.TradesPixel(_model, clean, adversarial, design.Lambda, metrics);
            case LossRecipe.TradesLatent:
                return LossDesigns.TradesLatent(_model, clean, adversarial, design.Lambda, metrics);
            case LossRecipe.MaskedModelling when step < design.PreTraining * _recipe.Training.Steps:
                using (var mask = Mask(clean, random))
                    return LossDesigns.MaskedModelling(_model, adversarial, mask, metrics);
            default:
                return LossDesigns.Purification(_model, clean, adversarial, metrics); // what masked modelling ends with
        }
    }

    private (Tensor Clean, Tensor Adversarial) Change(Tensor clean, Tensor adversarial, Generator random)
    {
        var both = cat([clean, adversarial], 1);
        var changed = _recipe.Augmentation == PurifierRecipe.Dihedral ? Augmentation.Dihedral(both, random)
            : Augmentation.ShiftAndFlip(both, LargestShift, rand([clean.shape[0]], generator: random) < 0.5, random);
        var parts = changed.chunk(2, 1);
        return (parts[0], parts[1]);
    }

    private PatchMask Mask(Tensor images, Generator random) =>
        PatchMask.Random(images.shape[0], images.shape[2] * images.shape[3] / (_model.PatchSize * _model.PatchSize), _recipe.MaskingRatio, random);

    private double HiddenPart(Tensor error, PatchMask mask)
    {
        var grid = new PatchGrid(_model.PatchSize).Split(error);
        return (grid * mask.Hidden.reshape(-1, 1, grid.shape[2], grid.shape[3])).mean().item<float>();
    }
}
