using System.Text.Json.Serialization;

namespace Maep.Training;

/// <summary>How long and how fast a network learns; the same for classifiers and purifiers.</summary>
public sealed record TrainerOptions
{
    private const string Constant = "constant";

    /// <summary>"adamw" or "sgd" (Nesterov momentum).</summary>
    public string Optimizer { get; init; } = "adamw";

    /// <summary>Highest learning rate, reached after the warm-up.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>"constant" keeps the rate after the warm-up; null lets it fall along a cosine to 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Schedule { get; init; }

    /// <summary>How slowly AdamW forgets squared gradients; null is 0.95, as in MAE. Adam's usual value is 0.999.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Beta2 { get; init; }

    /// <summary>Weight decay: decoupled for AdamW, L2 for SGD.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Momentum of SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>
    /// Factor on the learning rate of the biases of batch normalisation under SGD, their decay unchanged and the scales not trained: 64 in airbench,
    /// which so learns in fewer epochs; null trains scales and biases like the rest.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? NormBiasRate { get; init; }

    /// <summary>Optimiser steps in all.</summary>
    public long Steps { get; init; } = 10_000;

    /// <summary>
    /// Minutes of training after which it ends, all sittings together, the learning rate falling with the time instead of the steps where that is faster; null trains all
    /// <see cref="Steps"/>. How many steps fit depends on the machine, so that two runs differ.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Minutes { get; init; }

    /// <summary>Steps over which the learning rate rises from 0; after it the rate falls along a cosine to 0.</summary>
    public long WarmUpSteps { get; init; } = 200;

    /// <summary>Decay of the running average of the weights, which is what is shipped; 0 ships the last weights.</summary>
    public double AverageDecay { get; init; } = 0.999;

    /// <summary>Largest norm of the gradient over all weights; 0 does not clip.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Steps between checkpoints.</summary>
    public long CheckpointEvery { get; init; } = 500;

    /// <summary>Seed of every random choice.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Learning rate of a step: linear warm-up, then as the schedule says.</summary>
    /// <param name="step">Steps before it.</param>
    /// <param name="minutes">Minutes of training before it; counts where <see cref="Minutes"/> is set.</param>
    public double LearningRateAt(long step, double minutes = 0)
    {
        if (step < WarmUpSteps)
            return LearningRate * (step + 1) / WarmUpSteps;
        if (Schedule == Constant)
            return LearningRate;
        var progress = (double)(step - WarmUpSteps) / Math.Max(1, Steps - WarmUpSteps);
        if (Minutes is { } limit)
            progress = Math.Min(1, Math.Max(progress, minutes / limit));
        return LearningRate * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }

    /// <summary>Lists every fault at once.</summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (Optimizer is not ("adamw" or "sgd"))
            faults.Add($"Optimizer '{Optimizer}' is not known; use adamw or sgd.");
        if (Schedule is not (null or Constant))
            faults.Add($"Schedule '{Schedule}' is not known; use {Constant}, or leave it out for a cosine.");
        if (Beta2 is { } beta && !(beta is >= 0 and < 1 && Optimizer == "adamw"))
            faults.Add($"Beta2 {beta} with {Optimizer} must be in [0, 1) with adamw; leave it out for sgd.");
        if (LearningRate is not > 0)
            faults.Add($"LearningRate {LearningRate} must be above 0.");
        if (NormBiasRate is { } rate && !(rate > 0 && Optimizer == "sgd"))
            faults.Add($"NormBiasRate {rate} with {Optimizer} must be above 0 with sgd; leave it out for adamw.");
        if (Steps < 1 || WarmUpSteps < 0 || WarmUpSteps > Steps)
            faults.Add($"Steps {Steps} must be at least 1 and WarmUpSteps {WarmUpSteps} between 0 and Steps.");
        if (Minutes is not (null or > 0))
            faults.Add($"Minutes {Minutes} must be above 0; leave it out to train all Steps.");
        if (AverageDecay is not (>= 0 and < 1))
            faults.Add($"AverageDecay {AverageDecay} must be in [0, 1).");
        if (CheckpointEvery < 1)
            faults.Add($"CheckpointEvery {CheckpointEvery} must be at least 1.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }
}
