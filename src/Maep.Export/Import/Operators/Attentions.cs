using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Scaled dot-product attention, the standard's operator since opset 23.</summary>
internal static class Attentions
{
    public static IEnumerable<Operator> All => [new("Attention", 23, call => Attention(call))];

    /// <summary>Softmax of the scores times the values.</summary>
    /// <param name="call">The node.</param>
    /// <param name="queries">[N, heads, L, D].</param>
    /// <param name="keys">[N, heads, S, D].</param>
    /// <param name="values">[N, heads, S, E].</param>
    /// <param name="scale">Of the scores; null for 1 / sqrt(D).</param>
    /// <param name="bias">Added to the scores; null for none.</param>
    public static Tensor Attend(OperatorCall call, Tensor queries, Tensor keys, Tensor values, double? scale, Tensor? bias)
    {
        var scores = MatrixProducts.MatMul(call, queries, keys.transpose(-2, -1)) * (scale ?? 1 / Math.Sqrt(queries.shape[^1]));
        return MatrixProducts.MatMul(call, (bias is null ? scores : scores + bias).softmax(-1), values);
    }

    // Inputs: queries, keys, values, mask, past keys, past values; [N, heads, L, D] or [N, L, heads D].
    private static Tensor?[] Attention(OperatorCall call)
    {
        if (call.Optional(6) is not null)
            throw call.Fault("gives the number of keys of each image, which is not supported");
        var flat = call.X.dim() == 3;
        var queries = Heads(call, call.X, call.Int("q_num_heads", 0));
        var keyHeads = call.Int("kv_num_heads", 0);
        var (keys, values) = (Past(call.Optional(4), Heads(call, call.Input(1), keyHeads)), Past(call.Optional(5), Heads(call, call.Input(2), keyHeads)));
        var shared = queries.shape[1] / keys.shape[1]; // heads of queries that share one of keys
        var (allKeys, allValues) = shared == 1 ? (keys, values) : (keys.repeat_interleave(shared, 1), values.repeat_interleave(shared, 1));
        var scale = call.Has("scale") ? call.Float("scale", 1) : 1 / Math.Sqrt(queries.shape[^1]);
        var raw = MatrixProducts.MatMul(call, queries, allKeys.transpose(-2, -1)) * scale;
        var cap = call.Float("softcap", 0);
        var capped = cap > 0 ? (raw / cap).tanh() * cap : raw;
        var scores = capped;
        if (call.Optional(3) is { } mask)
            scores += mask.dtype == ScalarType.Bool ? zeros(mask.shape, scores.dtype, scores.device).masked_fill(mask.logical_not(), double.NegativeInfinity) : mask;
        if (call.Int("is_causal", 0) != 0)
            scores = scores.masked_fill(ones([scores.shape[^2], scores.shape[^1]], ScalarType.Bool, scores.device).triu(1 + scores.shape[^1] - scores.shape[^2]), double.NegativeInfinity);
        var shares = scores.softmax(-1);
        var result = MatrixProducts.MatMul(call, shares, allValues);
        var joined = flat ? result.transpose(1, 2).flatten(2) : result;
        return [joined, keys, values, call.Int("qk_matmul_output_mode", 0) switch { 0 => raw, 1 => scores, 2 => capped, _ => shares }];
    }

    private static Tensor Heads(OperatorCall call, Tensor x, long heads)
    {
        if (x.dim() == 4)
            return x;
        if (x.dim() != 3 || heads < 1 || x.shape[2] % heads != 0)
            throw call.Fault($"splits [{string.Join(", ", x.shape)}] into {heads} heads");
        return x.reshape(x.shape[0], x.shape[1], heads, x.shape[2] / heads).transpose(1, 2);
    }

    private static Tensor Past(Tensor? past, Tensor now) => past is null ? now : cat([past, now], 2);
}
