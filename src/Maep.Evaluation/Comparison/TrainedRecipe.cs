using System.Globalization;
using System.Security.Cryptography;
using Maep.Export;
using Maep.Networks;
using Maep.Networks.Purifiers;
using Maep.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Comparison;

/// <summary>A purifier recipe and what has been made of it so far: by a training run, or in a model file that came out of one.</summary>
/// <param name="File">Path of the recipe file.</param>
/// <param name="Recipe">The recipe.</param>
/// <param name="Folder">Folder of its run.</param>
/// <param name="Steps">Steps done; 0 where the run has not begun.</param>
/// <param name="Minutes">Minutes of training so far.</param>
public sealed record TrainedRecipe(string File, PurifierRecipe Recipe, string Folder, long Steps, double Minutes)
{
    /// <summary>Path of a model file of the whole run; null where the run itself is here.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the folder holds the run of another recipe.</summary>
    public bool IsTaken { get; init; }

    private string Command => $"`maep train purifier --recipe {File} --output {Folder}`";

    private string WeightsPath => Path.Combine(Folder, "weights.safetensors");

    /// <summary>Whether the run has reached its last step.</summary>
    public bool IsFinished => Steps >= Recipe.Training.Steps;

    /// <summary>Looks for the run of a recipe, and where there is no finished one for a model file with its name, hash and steps.</summary>
    /// <param name="file">Recipe file.</param>
    /// <param name="runs">Folder of the runs, each named as its recipe.</param>
    /// <param name="models">Folder of model files, searched with its subfolders; a missing one holds none.</param>
    /// <exception cref="InvalidDataException">The checkpoint or the model file is damaged.</exception>
    public static TrainedRecipe Find(string file, string runs, string models)
    {
        var recipe = Recipes.Load<PurifierRecipe>(file);
        var folder = Path.Combine(runs, recipe.Name);
        var run = Run(new TrainedRecipe(file, recipe, folder, 0, 0), Path.Combine(folder, "checkpoint.zip"));
        if (run.IsFinished || !Directory.Exists(models))
            return run;
        return Directory.GetFiles(models, $"{recipe.Name}.onnx", SearchOption.AllDirectories).FirstOrDefault(path => IsWholeRun(path, recipe)) is { } model
            ? run with { Steps = recipe.Training.Steps, Model = model }
            : run;
    }

    /// <summary>One line: how far the run is, how long the rest will take, and the command that goes on.</summary>
    public string State()
    {
        var steps = Recipe.Training.Steps;
        if (IsTaken && !IsFinished)
            return $"{Recipe.Name}: {Folder} holds the run of another recipe; move it away, then {Command}";
        var progress = IsFinished ? "trained" : Steps == 0 ? string.Create(CultureInfo.InvariantCulture, $"not begun, {steps} steps (how long they take it says as soon as it has begun)")
            : string.Create(CultureInfo.InvariantCulture, $"{Steps} of {steps} steps in {Folder}, about {Minutes / Steps * (steps - Steps):F0} min left");
        return IsFinished ? $"{Recipe.Name}: {progress}" : $"{Recipe.Name}: {progress}; {Command}{(Steps == 0 ? "" : " goes on from there")}";
    }

    /// <summary>The trained network in evaluation mode, gradients of weights off, and its reference.</summary>
    /// <exception cref="FileNotFoundException">The run has a checkpoint and no weights.</exception>
    /// <exception cref="InvalidDataException">The weights are of another step than the checkpoint: a kill came between the two.</exception>
    public (TrainablePurifier Network, ModelReference Reference) Open()
    {
        if (Model is not null)
        {
            var file = ModelFile.Open(Model);
            return ((TrainablePurifier)file.Network, ModelReference.Of(Model, file));
        }
        var network = Recipe.CreateNetwork();
        var (tensors, metadata) = SafeTensors.Load(WeightsPath);
        if (metadata.GetValueOrDefault("steps") is var kept && kept != Steps.ToString(CultureInfo.InvariantCulture))
            throw new InvalidDataException($"{WeightsPath}: weights after {kept ?? "an unknown number of"} steps, but the run is at {Steps}; {Command} writes them anew.");
        NamedWeights.Fill(network, tensors, WeightsPath);
        network.eval();
        foreach (var weight in network.parameters())
            weight.requires_grad = false;
        return (network, new ModelReference($"{Recipe.Name}/{Path.GetFileName(WeightsPath)}", Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(WeightsPath)))));
    }

    private static TrainedRecipe Run(TrainedRecipe none, string checkpointPath)
    {
        if (!System.IO.File.Exists(checkpointPath))
            return none;
        var checkpoint = Checkpoint.Peek(checkpointPath);
        return checkpoint.RecipeHash == Recipes.Hash(none.Recipe) ? none with { Steps = checkpoint.Step, Minutes = checkpoint.Minutes } : none with { IsTaken = true };
    }

    // As trained: not cascaded, not in a smaller precision.
    private static bool IsWholeRun(string path, PurifierRecipe recipe)
    {
        var (network, metadata, _) = ModelFile.Open(path);
        return (network as Disco)?.Options == recipe.Disco && metadata.GetValueOrDefault(OnnxNames.Precision) == "fp32"
            && metadata.GetValueOrDefault(OnnxNames.RecipeHash) == Recipes.Hash(recipe)
            && metadata.GetValueOrDefault(OnnxNames.Steps) == recipe.Training.Steps.ToString(CultureInfo.InvariantCulture);
    }
}
