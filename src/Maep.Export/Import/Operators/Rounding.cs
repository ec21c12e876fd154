using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Rounding with the straight-through gradient (Bengio et al., 2013): backwards it is as if nothing had been rounded.</summary>
internal static class Rounding
{
    /// <summary>Rounds, exactly, and passes gradients on unchanged.</summary>
    /// <param name="x">Values, with or without gradients.</param>
    /// <param name="round">The rounding.</param>
    public static Tensor StraightThrough(Tensor x, Func<Tensor, Tensor> round)
    {
        if (!x.requires_grad)
            return round(x);
        var values = x.detach();
        return round(values) + (x - values); // the difference is 0 and carries the gradient
    }
}
