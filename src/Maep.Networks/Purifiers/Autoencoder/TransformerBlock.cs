using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>Pre-norm transformer block of a ViT (Dosovitskiy et al., 2021): attention, then a two-layer perceptron of four times the width, each with a skip. [N, L, D] to [N, L, D].</summary>
public sealed class TransformerBlock : nn.Module<Tensor, Tensor>
{
    /// <summary>Epsilon of every layer normalisation, as in MAE.</summary>
    public const double NormEpsilon = 1e-6;

    [ComponentName(Name = "norm1")]
    private readonly LayerNorm _norm1;
    [ComponentName(Name = "qkv")]
    private readonly Linear _queriesKeysValues;
    [ComponentName(Name = "proj")]
    private readonly Linear _projection;
    [ComponentName(Name = "norm2")]
    private readonly LayerNorm _norm2;
    [ComponentName(Name = "fc1")]
    private readonly Linear _expand;
    [ComponentName(Name = "fc2")]
    private readonly Linear _contract;

    /// <param name="width">Token width D.</param>
    /// <param name="heads">Attention heads; divides the width.</param>
    public TransformerBlock(int width, int heads) : base(nameof(TransformerBlock))
    {
        (Width, Heads) = (width, heads);
        _norm1 = nn.LayerNorm(width, NormEpsilon);
        _queriesKeysValues = nn.Linear(width, 3 * width);
        _projection = nn.Linear(width, width);
        _norm2 = nn.LayerNorm(width, NormEpsilon);
        _expand = nn.Linear(width, 4 * width);
        _contract = nn.Linear(4 * width, width);
        RegisterComponents();
    }

    /// <summary>Token width D.</summary>
    public int Width { get; }

    /// <summary>Attention heads.</summary>
    public int Heads { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (images, patches) = (input.shape[0], input.shape[1]);
        var parts = _queriesKeysValues.call(_norm1.call(input)).reshape(images, patches, 3, Heads, Width / Heads).permute(2, 0, 3, 1, 4).unbind(0);
        var attended = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]); // [N, heads, L, D / heads]
        var tokens = input + _projection.call(attended.transpose(1, 2).reshape(images, patches, Width));
        var perceptron = _contract.call(nn.functional.gelu(_expand.call(_norm2.call(tokens))));
        return (tokens + perceptron).MoveToOuterDisposeScope();
    }
}
