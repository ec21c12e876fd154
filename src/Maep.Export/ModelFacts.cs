using System.Globalization;
using Maep.Training;

namespace Maep.Export;

/// <summary>What a model file says about itself, beside its network; becomes ONNX metadata under "maep." keys.</summary>
public sealed record ModelFacts
{
    /// <summary>Name of the model, as in its file name.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the model.</summary>
    public string Version { get; init; } = "0.1.0";

    /// <summary>Set the network was trained on, for example "cifar10-train"; "none" where nothing was learned.</summary>
    public required string TrainingSet { get; init; }

    /// <summary>Largest perturbation of the training pairs, a multiple of 1/255; null for classifiers.</summary>
    public double? EpsilonOver255 { get; init; }

    /// <summary>Share of patches hidden in masked training steps; null for classifiers.</summary>
    public double? MaskingRatio { get; init; }

    /// <summary>Hash of the recipe (<see cref="Maep.Training.Recipes.Hash"/>).</summary>
    public required string RecipeHash { get; init; }

    /// <summary>Training steps done, which are fewer than the recipe's in a file of an unfinished run; null where that is not known.</summary>
    public long? Steps { get; init; }

    /// <summary>The recipe itself, JSON.</summary>
    public required string Recipe { get; init; }

    /// <summary>The facts of a purifier that a recipe trained.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="trainingSet">As in <see cref="TrainingSet"/>.</param>
    /// <param name="steps">As in <see cref="Steps"/>.</param>
    public static ModelFacts Of(PurifierRecipe recipe, string trainingSet, long? steps) => new()
    {
        Name = recipe.Name,
        TrainingSet = trainingSet,
        EpsilonOver255 = recipe.Pairs.EpsilonOver255,
        MaskingRatio = recipe.Disco is null ? recipe.MaskingRatio : null,
        RecipeHash = Recipes.Hash(recipe),
        Steps = steps,
        Recipe = Recipes.ToJson(recipe),
    };

    internal Dictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>
        {
            ["maep.name"] = Name,
            ["maep.version"] = Version,
            ["maep.training-set"] = TrainingSet,
            [OnnxNames.RecipeHash] = RecipeHash,
            ["maep.recipe"] = Recipe,
        };
        if (EpsilonOver255 is { } epsilon)
            metadata["maep.epsilon"] = string.Create(CultureInfo.InvariantCulture, $"{epsilon}/255");
        if (MaskingRatio is { } ratio)
            metadata["maep.masking-ratio"] = ratio.ToString(CultureInfo.InvariantCulture);
        if (Steps is { } steps)
            metadata[OnnxNames.Steps] = steps.ToString(CultureInfo.InvariantCulture);
        return metadata;
    }
}
