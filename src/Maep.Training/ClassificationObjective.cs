using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>
/// Cross-entropy with label smoothing on shifted and flipped images. An image is flipped in every other epoch, as airbench does it:
/// two epochs show each image both ways, where coin flips would show half of them the same way twice.
/// </summary>
public sealed class ClassificationObjective : ITrainingObjective, IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly ClassifierRecipe _recipe;
    private readonly Tensor _images;
    private readonly Tensor _labels;
    private readonly Tensor _flippedFirst;
    private readonly EpochOrder _order;

    /// <param name="model">Network to train: images in [0, 1] to logits.</param>
    /// <param name="images">Training images.</param>
    /// <param name="recipe">Batch size, augmentation and smoothing.</param>
    /// <exception cref="ArgumentException">A number of the recipe is outside its range.</exception>
    public ClassificationObjective(nn.Module<Tensor, Tensor> model, LabelledImages images, ClassifierRecipe recipe)
    {
        recipe.Validate();
        (_model, _recipe) = (model, recipe);
        _images = images.PixelTensor();
        _labels = images.LabelTensor();
        using (var random = new Generator((ulong)recipe.Training.Seed))
            _flippedFirst = rand([images.Count], generator: random) < 0.5;
        _order = new EpochOrder(images.Count, recipe.BatchSize, recipe.Training.Seed);
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
        var flipped = _flippedFirst.index_select(0, indices).logical_xor(tensor(_order.EpochOf(step) % 2 == 1));
        var images = Augmentation.ShiftAndFlip(LabelledImages.ToUnitRange(_images.index_select(0, indices)), _recipe.LargestShift, flipped, random);
        var labels = _labels.index_select(0, indices);
        var logits = _model.call(images);
        metrics["accuracy"] = logits.detach().argmax(1).eq(labels).to(ScalarType.Float32).mean().item<float>();
        return nn.functional.cross_entropy(logits, labels, label_smoothing: _recipe.LabelSmoothing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _labels.Dispose();
        _flippedFirst.Dispose();
        _order.Dispose();
    }
}
