using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Products of matrices.</summary>
internal static class MatrixProducts
{
    public static IEnumerable<Operator> All =>
    [
        new("Gemm", 1, call => Gemm(call, call.X, call.Input(1), call.Optional(2))),
        new("MatMul", 1, call => MatMul(call, call.X, call.Input(1))),
        new("Einsum", 12, call => Einsum(call)),
    ];

    /// <summary>alpha A B + beta C, A and B transposed where the node says so.</summary>
    public static Tensor Gemm(OperatorCall call, Tensor a, Tensor b, Tensor? c)
    {
        var (left, right) = (call.Int("transA", 0) != 0 ? a.t() : a, call.Int("transB", 0) != 0 ? b.t() : b);
        var (alpha, beta) = (call.Float("alpha", 1), call.Float("beta", 1));
        if (alpha == 1 && beta == 1 && c is { } bias && bias.dim() == 1 && bias.shape[0] == right.shape[1] && left.dim() == 2)
            return nn.functional.linear(left, right.t(), bias);
        var product = MatMul(call, left, right);
        if (alpha != 1)
            product *= alpha;
        return c is null ? product : product + (beta == 1 ? c : c * beta);
    }

    /// <summary>The product of the last two axes, the others broadcast.</summary>
    public static Tensor MatMul(OperatorCall call, Tensor a, Tensor b)
    {
        if (a.dim() > 0 && b.dim() > 0)
            call.Allow([.. Broadcast(a.shape.SkipLast(2), b.shape.SkipLast(2)), a.dim() > 1 ? a.shape[^2] : 1, b.dim() > 1 ? b.shape[^1] : 1]);
        return a.matmul(b);
    }

    private static long[] Broadcast(IEnumerable<long> a, IEnumerable<long> b) =>
        [.. a.Reverse().ZipLongest(b.Reverse()).Select(pair => Math.Max(pair.First, pair.Second)).Reverse()];

    private static IEnumerable<(long First, long Second)> ZipLongest(this IEnumerable<long> a, IEnumerable<long> b)
    {
        var (first, second) = (a.ToArray(), b.ToArray());
        for (var index = 0; index < Math.Max(first.Length, second.Length); index++)
            yield return (index < first.Length ? first[index] : 1, index < second.Length ? second[index] : 1);
    }

    private static Tensor Einsum(OperatorCall call)
    {
        var equation = call.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        var inputs = call.Inputs();
        // Every letter of the result is an axis of some input, whose size bounds it.
        call.Allow([.. equation.Split("->")[^1].Where(char.IsLetter).Distinct().Select(letter => Size(letter, equation, inputs))]);
        return einsum(equation, inputs);
    }

    private static long Size(char letter, string equation, Tensor[] inputs) => equation.Split("->")[0].Split(',').Zip(inputs)
        .Where(term => term.First.Contains(letter, StringComparison.Ordinal) && term.First.Length == term.Second.dim())
        .Select(term => term.Second.shape[term.First.IndexOf(letter, StringComparison.Ordinal)]).DefaultIfEmpty(1).Max();
}
