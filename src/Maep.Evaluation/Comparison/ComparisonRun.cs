using System.Globalization;
using Maep.Attacks;
using Maep.Evaluation.Protocols;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Comparison;

/// <summary>Measures purifiers one after the other under the same attacks on the bare classifier, which are run once for all, and keeps what is finished: a run that was killed goes on.</summary>
public sealed class ComparisonRun : IDisposable
{
    private readonly ModelReference _reference;
    private readonly CheckedModel _classifier;
    private readonly IReadOnlyList<CachedAttack> _attacks;
    private readonly LabelledImages _images;
    private readonly EvaluationOptions _options;
    private readonly RunState<Dictionary<string, List<RobustnessResult>>> _state;
    private readonly Dictionary<string, List<RobustnessResult>> _found;

    /// <param name="classifier">Images in [0, 1] to logits, in evaluation mode.</param>
    /// <param name="reference">Its reference.</param>
    /// <param name="attack">The attack.</param>
    /// <param name="seeds">Times that it is run, with seeds 0, 1, 2 and so on; adaptively with seed 0 alone.</param>
    /// <param name="images">Test images.</param>
    /// <param name="options">Sizes and state file.</param>
    /// <param name="attacked">Folder that keeps the attacked images for other comparisons; null keeps them in memory alone.</param>
    /// <exception cref="InvalidDataException">The state file is damaged or belongs to another comparison.</exception>
    public ComparisonRun(nn.Module<Tensor, Tensor> classifier, ModelReference reference, IAttack attack, int seeds, LabelledImages images, EvaluationOptions options, string? attacked = null)
    {
        (_classifier, _reference, _images, _options) = (CheckedModel.Classifier(classifier, reference.File), reference, images, options);
        _attacks = [.. Enumerable.Range(0, seeds).Select(seed => new CachedAttack(attack, _classifier, string.Create(CultureInfo.InvariantCulture, $"seed {seed}, classifier {reference.Digest}"), attacked))];
        _state = new(options.StatePath, string.Create(CultureInfo.InvariantCulture,
            $"{attack.Description}, {images.Count} images of {images.Name} {images.Digest()}, {options.AdaptiveImages} adaptively, {seeds} seeds, classifier {reference.Digest}"));
        _found = _state.Found ?? [];
    }

    /// <summary>Measures one purifier, or gives what the state file holds of it.</summary>
    /// <param name="purifier">Images to images, in evaluation mode.</param>
    /// <param name="reference">Its reference.</param>
    /// <param name="progress">Receives images done with all seeds.</param>
    /// <param name="cancellation">Stops after the current step of an attack; finished batches are kept.</param>
    /// <returns>One result for each seed.</returns>
    public IReadOnlyList<RobustnessResult> Measure(nn.Module<Tensor, Tensor> purifier, ModelReference reference, Action<int> progress, CancellationToken cancellation)
    {
        if (!_found.TryGetValue(reference.Digest, out var results))
            _found[reference.Digest] = results = [];
        while (results.Count < _attacks.Count)
        {
            var seed = results.Count;
            var options = _options with
            {
                Seed = seed,
                AdaptiveImages = seed == 0 ? _options.AdaptiveImages : 0,
                // Of its own for each purifier: a row that was cut waits until its turn comes again.
                StatePath = _options.StatePath is { } path ? $"{path}.{reference.Digest}-{seed}" : null,
                Subject = $"classifier {_reference.Digest}, purifier {reference.Digest}",
            };
            var evaluator = new RobustnessEvaluator(new DefenceUnderTest(_classifier, CheckedModel.Purifier(purifier, reference.File)), _attacks[seed], options);
            results.Add(evaluator.Evaluate(_images, done => progress((seed * _images.Count) + done), cancellation));
            _state.Save(_found);
            evaluator.Finish();
        }
        return results;
    }

    /// <summary>Removes the state file: the comparison is complete and reported.</summary>
    public void Finish() => _state.Delete();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var attack in _attacks)
            attack.Dispose();
    }
}
