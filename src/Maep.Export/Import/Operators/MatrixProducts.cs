using TorchSharp;
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

    /// <summary>The product of the last two axes, the others broadcast. Sizes and types are checked here, because TorchSharp 0.107 lets libtorch's exception about them end the process.</summary>
    /// <exception cref="InvalidDataException">The two cannot be multiplied.</exception>
    public static Tensor MatMul(OperatorCall call, Tensor a, Tensor b)
    {
        long[] left = a.shape, right = b.shape;
        if (left.Length == 0 || right.Length == 0 || left[^1] != right[^Math.Min(2, right.Length)] || a.dtype != b.dtype || a.dtype == ScalarType.Bool || (!a.is_floating_point() && a.device_type != DeviceType.CPU))
            throw call.Fault($"multiplies matrices {a.dtype} [{string.Join(", ", left)}] and {b.dtype} [{string.Join(", ", right)}]");
        var batch = Batch(left, right) ?? throw call.Fault($"multiplies [{string.Join(", ", left)}] and [{string.Join(", ", right)}], whose first axes differ");
        call.Allow([.. batch, left.Length > 1 ? left[^2] : 1, right.Length > 1 ? right[^1] : 1]);
        return a.matmul(b);
    }

    // The axes before the last two, broadcast from the right; null where they do not fit.
    private static long[]? Batch(long[] a, long[] b)
    {
        var rank = Math.Max(Math.Max(a.Length, b.Length) - 2, 0);
        long Size(long[] shape, int place) => shape.Length - 2 >= place ? shape[^(place + 2)] : 1;
        var pairs = Enumerable.Range(1, rank).Reverse().Select(place => (First: Size(a, place), Second: Size(b, place))).ToArray();
        return Array.TrueForAll(pairs, pair => pair.First == pair.Second || pair.First == 1 || pair.Second == 1) ? [.. pairs.Select(pair => pair.First == 1 ? pair.Second : pair.First)] : null;
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
