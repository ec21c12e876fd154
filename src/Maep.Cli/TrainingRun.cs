using System.Globalization;
using Maep.Training;
using static TorchSharp.torch;

namespace Maep.Cli;

/// <summary>The folder of one training run: checkpoint.zip, weights.safetensors with each checkpoint, curve.csv with each probe.</summary>
/// <param name="folder">Folder; made when missing, continued when it holds a checkpoint.</param>
/// <param name="kind">"classifier" or "purifier", kept with the weights for <c>maep export</c>.</param>
internal sealed class TrainingRun(string folder, string kind)
{
    private const int LinesEvery = 50;

    /// <summary>Measures the averaged weights for the learning curve; null draws none.</summary>
    public Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, double>>? Probe { get; init; }

    /// <summary>Steps between points of the learning curve.</summary>
    public int ProbeEvery { get; init; } = 500;

    /// <summary>Path of the averaged weights.</summary>
    public string WeightsPath => Path.Combine(folder, "weights.safetensors");

    /// <summary>Trains to the end of the recipe, going on from the folder's checkpoint.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; checkpoint and weights are written.</exception>
    public void Train<TRecipe>(ITrainingObjective objective, TrainerOptions options, TRecipe recipe, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        using var trainer = new Trainer(objective, options, Path.Combine(folder, "checkpoint.zip"));
        if (trainer.Step > 0)
            Console.WriteLine($"going on from step {trainer.Step}");
        var metadata = new Dictionary<string, string> { ["recipe"] = Recipes.ToJson(recipe), ["kind"] = kind };
        trainer.Checkpointed = () =>
        {
            metadata["steps"] = trainer.Step.ToString(CultureInfo.InvariantCulture);
            SafeTensors.Save(WeightsPath, trainer.Weights, metadata);
        };
        trainer.Run(progress => Report(progress, trainer), cancellation);
        Console.WriteLine($"weights in {WeightsPath}");
    }

    // Plain lines, not a bar: a run of hours is read from a log.
    private void Report(TrainingProgress progress, Trainer trainer)
    {
        var last = progress.Step == progress.Steps;
        if (progress.Step % LinesEvery == 0 || last)
        {
            var left = TimeSpan.FromMinutes(progress.Minutes / progress.Step * (progress.Steps - progress.Step));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"step {progress.Step} of {progress.Steps}, {progress.Minutes:F1} min, about {left.TotalMinutes:F0} min left: {Text(progress.Metrics, " ")}"));
        }
        if (Probe is null || (progress.Step % ProbeEvery != 0 && !last))
            return;
        var point = Probe(trainer.Weights);
        Console.WriteLine(Text(point, " "));
        var path = Path.Combine(folder, "curve.csv");
        if (!File.Exists(path))
            File.WriteAllText(path, $"step,minutes,loss,{string.Join(',', point.Keys)}\n");
        File.AppendAllText(path, string.Create(CultureInfo.InvariantCulture,
            $"{progress.Step},{progress.Minutes:F2},{progress.Metrics["loss"]:F5},{string.Join(',', point.Values.Select(value => value.ToString("F4", CultureInfo.InvariantCulture)))}\n"));
    }

    private static string Text(IReadOnlyDictionary<string, double> values, string separator) =>
        string.Join(separator, values.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:F4}")));
}
