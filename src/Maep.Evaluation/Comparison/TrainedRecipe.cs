using System.Globalization;
using System.Security.Cryptography;
using Maep.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Comparison;

/// <summary>A purifier recipe and what a training run has made of it so far.</summary>
/// <param name="File">Path of the recipe file.</param>
/// <param name="Recipe">The recipe.</param>
/// <param name="Folder">Folder of its run.</param>
/// <param name="Steps">Steps done; 0 where the run has not begun.</param>
/// <param name="Minutes">Minutes of training so far.</param>
public sealed record TrainedRecipe(string File, PurifierRecipe Recipe, string Folder, long Steps, double Minutes)
{
    private string WeightsPath => Path.Combine(Folder, "weights.safetensors");

    /// <summary>Whether the run has reached its last step.</summary>
    public bool IsFinished => Steps >= Recipe.Training.Steps;

    /// <summary>Looks for the run of a recipe.</summary>
    /// <param name="file">Recipe file.</param>
    /// <param name="runs">Folder of the runs, each named as its recipe.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or of another recipe.</exception>
    public static TrainedRecipe Find(string file, string runs)
    {
        var recipe = Recipes.Load<PurifierRecipe>(file);
        var folder = Path.Combine(runs, recipe.Name);
        var path = Path.Combine(folder, "checkpoint.zip");
        if (!System.IO.File.Exists(path))
            return new TrainedRecipe(file, recipe, folder, 0, 0);
        var checkpoint = Checkpoint.Peek(path, Recipes.Hash(recipe));
        return new TrainedRecipe(file, recipe, folder, checkpoint.Step, checkpoint.Minutes);
    }

    /// <summary>One line: how far the run is, how long the rest will take, and the command that goes on.</summary>
    public string State()
    {
        var steps = Recipe.Training.Steps;
        var progress = IsFinished ? "trained" : Steps == 0 ? string.Create(CultureInfo.InvariantCulture, $"not begun, {steps} steps")
            : string.Create(CultureInfo.InvariantCulture, $"{Steps} of {steps} steps in {Folder}, about {Minutes / Steps * (steps - Steps):F0} min left");
        return IsFinished ? $"{Recipe.Name}: {progress}" : $"{Recipe.Name}: {progress}; `maep train purifier --recipe {File}`{(Steps == 0 ? "" : " goes on from there")}";
    }

    /// <summary>The trained network in evaluation mode, gradients of weights off, and its reference.</summary>
    /// <exception cref="FileNotFoundException">The run has a checkpoint and no weights.</exception>
    public (TrainablePurifier Network, ModelReference Reference) Open()
    {
        var network = Recipe.CreateNetwork();
        NamedWeights.Fill(network, SafeTensors.Load(WeightsPath).Tensors, WeightsPath);
        network.eval();
        foreach (var weight in network.parameters())
            weight.requires_grad = false;
        return (network, new ModelReference($"{Recipe.Name}/{Path.GetFileName(WeightsPath)}", Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(WeightsPath)))));
    }
}
