using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// A classifier known by its answers only: an ONNX session, an ML.NET pipeline, a web service. Square attacks its scores, RayS its decisions;
/// attacks that need gradients refuse it.
/// </summary>
public sealed class BlackBoxClassifier : nn.Module<Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> _answer;

    /// <param name="scores">Images [N, C, H, W] in [0, 1], contiguous float32, to scores [N, K]: logits, or log-probabilities; the caller of the delegate disposes both.</param>
    public BlackBoxClassifier(Func<Tensor, Tensor> scores) : base(nameof(BlackBoxClassifier)) => _answer = scores;

    /// <summary>A classifier that tells its decision only.</summary>
    /// <param name="decide">Images [N, C, H, W] in [0, 1], contiguous float32, to class indices [N], int64.</param>
    /// <param name="classes">Number of classes.</param>
    public static BlackBoxClassifier OfDecisions(Func<Tensor, Tensor> decide, int classes) =>
        new(images => nn.functional.one_hot(decide(images), classes).to(ScalarType.Float32));

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var noGradient = no_grad();
        return _answer(input.detach().contiguous());
    }
}
