using Maep.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>What a training run reports after a step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Minutes">Minutes of training so far, all sittings together.</param>
/// <param name="LearningRate">Rate of the step.</param>
/// <param name="Metrics">The loss and its parts.</param>
public sealed record TrainingProgress(long Step, long Steps, double Minutes, double LearningRate, IReadOnlyDictionary<string, double> Metrics);

/// <summary>The one training loop: AdamW or SGD, warm-up and cosine, clipped gradients, averaged weights, checkpoints that resume bit for bit.</summary>
public sealed class Trainer : IDisposable
{
    private readonly ITrainingObjective _objective;
    private readonly TrainerOptions _options;
    private readonly string _checkpointPath;
    private readonly TimeProvider _time;
    private readonly OptimizerHelper _optimizer;
    private readonly Dictionary<string, Tensor> _average;
    private long _step;
    private double _minutes;

    /// <param name="objective">What to learn.</param>
    /// <param name="options">How long and how fast.</param>
    /// <param name="checkpointPath">File to checkpoint to; when it exists, the run goes on from it.</param>
    /// <param name="time">Clock of the minutes; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or belongs to another recipe.</exception>
    public Trainer(ITrainingObjective objective, TrainerOptions options, string checkpointPath, TimeProvider? time = null)
    {
        options.Validate();
        (_objective, _options, _checkpointPath, _time) = (objective, options, checkpointPath, time ?? TimeProvider.System);
        _optimizer = options.Optimizer == "sgd"
            ? GradientDescent(objective.Model, options)
            : optim.AdamW(objective.Model.parameters(), options.LearningRate, 0.9, options.Beta2 ?? 0.95, weight_decay: options.WeightDecay);
        _average = NamedWeights.Of(objective.Model).ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone().DetachFromDisposeScope());
        if (!File.Exists(checkpointPath))
            return;
        var checkpoint = Checkpoint.Load(checkpointPath, objective.RecipeHash, objective.Model, _average, _optimizer);
        (_step, _minutes) = (checkpoint.Step, checkpoint.Minutes);
    }

    /// <summary>Called after each checkpoint, when <see cref="Weights"/> may be kept too.</summary>
    public Action? Checkpointed { get; set; }

    /// <summary>Steps done so far, a resumed run's earlier ones included.</summary>
    public long Step => _step;

    /// <summary>Minutes of training so far, a resumed run's earlier ones included.</summary>
    public double Minutes => _minutes;

    /// <summary>The weights to ship: their running average, or the last ones without averaging. The trainer owns the tensors.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => _options.AverageDecay > 0 ? _average : NamedWeights.Of(_objective.Model);

    /// <summary>Trains to the last step; on cancellation writes a checkpoint and throws.</summary>
    /// <param name="progress">Called after every step.</param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <exception cref="InvalidOperationException">The loss is not finite; the message names the step and the last checkpoint.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint is written.</exception>
    public void Run(Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        if (IsDone)
            Checkpointed?.Invoke(); // a kill may have come between the last checkpoint and what is kept beside it
        _objective.Model.train();
        while (!IsDone)
        {
            var began = _time.GetTimestamp();
            var rate = _options.LearningRateAt(_step, _minutes);
            var metrics = Train(rate);
            _step++;
            _minutes += _time.GetElapsedTime(began).TotalMinutes;
            progress(new TrainingProgress(_step, _options.Steps, _minutes, rate, metrics));
            if (_step % _options.CheckpointEvery == 0 || IsDone || cancellation.IsCancellationRequested)
            {
                new Checkpoint(_step, _minutes, _objective.RecipeHash).Save(_checkpointPath, _objective.Model, _average, _optimizer);
                Checkpointed?.Invoke();
            }
            cancellation.ThrowIfCancellationRequested();
        }
        _objective.Model.eval();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var tensor in _average.Values)
            tensor.Dispose();
    }

    private static SGD GradientDescent(nn.Module model, TrainerOptions options)
    {
        if (options.NormBiasRate is not { } factor)
            return optim.SGD(model.parameters(), options.LearningRate, options.Momentum, weight_decay: options.WeightDecay, nesterov: true);
        BatchNorm2d[] norms = [.. model.modules().OfType<BatchNorm2d>()];
        foreach (var norm in norms)
            norm.weight!.requires_grad = false; // airbench's scales stay 1; decay would shrink them
        Parameter[] biases = [.. norms.Select(norm => norm.bias!)];
        var others = model.parameters().Where(parameter => !biases.Any(bias => bias.Handle == parameter.Handle));
        return optim.SGD(
            [
                new SGD.ParamGroup(others, options.LearningRate, options.Momentum, weight_decay: options.WeightDecay, nesterov: true),
                // Decay is a part of the rate in SGD: it must not grow with it.
                new SGD.ParamGroup(biases, options.LearningRate * factor, options.Momentum, weight_decay: options.WeightDecay / factor, nesterov: true),
            ], options.LearningRate, options.Momentum, weight_decay: options.WeightDecay, nesterov: true);
    }

    private bool IsDone => _step == _options.Steps || _minutes >= _options.Minutes;

    private Dictionary<string, double> Train(double rate)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator((ulong)((_options.Seed * 1_000_003) + _step));
        foreach (var (index, group) in _optimizer.ParamGroups.Index())
            group.LearningRate = rate * (index == 0 ? 1 : _options.NormBiasRate!.Value);
        Dictionary<string, double> metrics = [];
        var loss = _objective.Loss(_step, random, metrics);
        var value = loss.item<float>();
        if (!float.IsFinite(value))
        {
            throw new InvalidOperationException($"The loss is {value} at step {_step}; training stopped. "
                + (File.Exists(_checkpointPath) ? $"The last checkpoint is {_checkpointPath}; start a recipe with a lower learning rate from the weights beside it." : "There is no checkpoint yet; lower the learning rate."));
        }
        metrics["loss"] = value;
        _objective.Model.zero_grad(set_to_none: true); // a weight without a part in this step (the mask token) then stands still, in a resumed run as in a whole one
        loss.backward();
        if (_options.ClipNorm > 0)
            nn.utils.clip_grad_norm_(_objective.Model.parameters(), _options.ClipNorm);
        _optimizer.step();
        Average();
        return metrics;
    }

    private void Average()
    {
        using var noGradient = no_grad();
        var decay = Math.Min(_options.AverageDecay, (1.0 + _step) / (10 + _step)); // young averages forget the start faster
        foreach (var (name, value) in NamedWeights.Of(_objective.Model))
            _average[name].mul_(decay).add_(value.detach(), alpha: 1 - decay);
    }
}
