using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// Expectation over transformation (Athalye et al., 2018): a defence that draws at random, presented to attacks so that they climb the mean of
/// several gradients, each of a draw of its own. A plain call draws once, as the defence does.
/// </summary>
public sealed class ExpectationOverTransformation : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _defence;

    /// <param name="defence">The randomised classifier: images in [0, 1] to logits.</param>
    /// <param name="draws">Gradients averaged in each step, at least 1; 20 in AutoAttack.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1 draw.</exception>
    public ExpectationOverTransformation(nn.Module<Tensor, Tensor> defence, int draws = 20) : base(defence.GetName())
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        (_defence, Draws) = (defence, draws);
        RegisterComponents();
    }

    /// <summary>Gradients averaged in each step.</summary>
    public int Draws { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _defence.call(input);
}
