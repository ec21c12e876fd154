using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// Backward pass differentiable approximation, BPDA (Athalye et al., 2018): answers exactly as the wrapped part does, and differentiates as a
/// stand-in does, for purifiers that have no useful gradient (quantisation, JPEG, an ONNX file). Put it ahead of the classifier that is attacked.
/// </summary>
public sealed class BackwardPassApproximation : nn.Module<Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> _exact;
    private readonly Func<Tensor, Tensor>? _standIn;

    /// <param name="exact">The part itself: [N, C, H, W] in [0, 1] to any tensor; it need not be differentiable.</param>
    /// <param name="standIn">A differentiable function whose gradient is used instead, of the same result shape; null means identity.</param>
    public BackwardPassApproximation(Func<Tensor, Tensor> exact, Func<Tensor, Tensor>? standIn = null) : base(nameof(BackwardPassApproximation)) =>
        (_exact, _standIn) = (exact, standIn);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The part and its stand-in give different shapes.</exception>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var result = Exact(input);
        var approximation = _standIn is null ? input : _standIn(input);
        if (!result.shape.SequenceEqual(approximation.shape))
            throw new InvalidOperationException($"The wrapped part gives [{string.Join(", ", result.shape)}] and its {(_standIn is null ? "identity" : "stand-in")} [{string.Join(", ", approximation.shape)}]; give a stand-in of the same shape.");
        // The stand-in cancels to exactly 0 and leaves its gradient.
        return (result + (approximation - approximation.detach())).MoveToOuterDisposeScope();
    }

    private Tensor Exact(Tensor input)
    {
        using var noGradient = no_grad();
        return _exact(input.detach()).detach();
    }
}
