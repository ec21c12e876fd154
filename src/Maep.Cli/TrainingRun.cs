using System.Globalization;
using Maep.Networks;
using Maep.Training;
using static TorchSharp.torch;

namespace Maep.Cli;

/// <summary>How a run measures its learning curve.</summary>
/// <param name="Every">Steps between points.</param>
/// <param name="Measure">Measures averaged weights.</param>
internal sealed record CurveProbe(int Every, Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, double>> Measure);

/// <summary>The folder of one training run: checkpoint.zip, weights.safetensors with each checkpoint, curve.csv with each probe.</summary>
/// <param name="folder">Folder; made when missing, continued when it holds a checkpoint.</param>
/// <param name="kind">"classifier" or "purifier", kept with the weights for <c>maep export</c>.</param>
internal sealed class TrainingRun(string folder, string kind)
{
    private const int LinesEvery = 50;

    /// <summary>Whether a checkpoint is there to go on from.</summary>
    public bool HasBegun => File.Exists(CheckpointPath);

    /// <summary>Path of the averaged weights.</summary>
    public string WeightsPath => Path.Combine(folder, "weights.safetensors");

    private string CheckpointPath => Path.Combine(folder, "checkpoint.zip");

    /// <summary>Refuses a folder that holds the run of another recipe.</summary>
    /// <exception cref="InvalidDataException">It does, or its checkpoint is damaged.</exception>
    public void RefuseOther<TRecipe>(TRecipe recipe)
    {
        if (HasBegun)
            Checkpoint.Peek(CheckpointPath).RefuseOtherRecipe(Recipes.Hash(recipe), CheckpointPath);
    }

    /// <summary>Trains to the end of the recipe, going on from the folder's checkpoint.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; checkpoint and weights are written.</exception>
    public void Train<TRecipe>(ITrainingObjective objective, TrainerOptions options, TRecipe recipe, CurveProbe? probe, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        using var trainer = new Trainer(objective, options, CheckpointPath);
        if (trainer.Step > 0)
            Console.WriteLine($"going on from step {trainer.Step}");
        var metadata = new Dictionary<string, string> { ["recipe"] = Recipes.ToJson(recipe), ["kind"] = kind };
        trainer.Checkpointed = () =>
        {
            metadata["steps"] = trainer.Step.ToString(CultureInfo.InvariantCulture);
            SafeTensors.Save(WeightsPath, trainer.Weights, metadata);
        };
        var curve = new CurveFile(Path.Combine(folder, "curve.csv"), trainer.Step);
        trainer.Run(
            progress =>
            {
                Report(progress);
                if (probe is not null && (progress.Step % probe.Every == 0 || progress.Step == progress.Steps))
                    Draw(progress, probe.Measure(trainer.Weights), curve);
            },
            cancellation);
        Console.WriteLine($"weights in {WeightsPath}");
    }

    // Plain lines, not a bar: a run of hours is read from a log.
    private static void Report(TrainingProgress progress)
    {
        if (progress.Step % LinesEvery != 0 && progress.Step != progress.Steps)
            return;
        var left = TimeSpan.FromMinutes(progress.Minutes / progress.Step * (progress.Steps - progress.Step));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"step {progress.Step} of {progress.Steps}, {progress.Minutes:F1} min, about {left.TotalMinutes:F0} min left: {Text(progress.Metrics)}"));
    }

    private static void Draw(TrainingProgress progress, IReadOnlyDictionary<string, double> point, CurveFile curve)
    {
        Console.WriteLine(Text(point));
        curve.Append(progress.Step, $"step,minutes,loss,{string.Join(',', point.Keys)}", string.Create(CultureInfo.InvariantCulture,
            $"{progress.Minutes:F2},{progress.Metrics["loss"]:F5},{string.Join(',', point.Values.Select(value => value.ToString("F4", CultureInfo.InvariantCulture)))}"));
    }

    private static string Text(IReadOnlyDictionary<string, double> values) =>
        string.Join(' ', values.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:F4}")));
}
