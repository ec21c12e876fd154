using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>Cross-entropy with label smoothing on shifted and flipped images.</summary>
public sealed class ClassificationObjective : ITrainingObjective, IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly ClassifierRecipe _recipe;
    private readonly Tensor _images;
    private readonly Tensor _labels;
    private readonly EpochOrder _order;

    /// <param name="model">Network to train: images in [0, 1] to logits.</param>
    /// <param name="images">Training images.</param>
    /// <param name="recipe">Batch size, augmentation and smoothing.</param>
    public ClassificationObjective(nn.Module<Tensor, Tensor> model, LabelledImages images, ClassifierRecipe recipe)
    {
        (_model, _recipe) = (model, recipe);
        _images = images.PixelTensor();
        _labels = images.LabelTensor();
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
        var images = Augmentation.ShiftAndFlip(LabelledImages.ToUnitRange(_images.index_select(0, indices)), _recipe.LargestShift, random);
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
        _order.Dispose();
    }
}
