using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Reductions over axes, which are an attribute in older opsets and an input in newer ones.</summary>
internal static class Reductions
{
    public static IEnumerable<Operator> All =>
    [
        .. Both("ReduceMean", 18, (x, axes, keep) => Exactly(x, y => y.mean(axes, keep))),
        .. Both("ReduceSum", 13, (x, axes, keep) => x.sum(axes, keep).to(x.dtype)),
        .. Both("ReduceMax", 18, (x, axes, keep) => Ordered(x, y => y.amax(axes, keep))),
        .. Both("ReduceMin", 18, (x, axes, keep) => Ordered(x, y => y.amin(axes, keep))),
        .. Both("ReduceProd", 18, (x, axes, keep) => Product(x, axes, keep).to(x.dtype)),
        .. Both("ReduceL1", 18, (x, axes, keep) => x.abs().sum(axes, keep).to(x.dtype)),
        .. Both("ReduceL2", 18, (x, axes, keep) => Exactly(x, y => y.square().sum(axes, keep).sqrt())),
        .. Both("ReduceSumSquare", 18, (x, axes, keep) => x.square().sum(axes, keep).to(x.dtype)),
        .. Both("ReduceLogSum", 18, (x, axes, keep) => Exactly(x, y => y.sum(axes, keep).log())),
        .. Both("ReduceLogSumExp", 18, (x, axes, keep) => Exactly(x, y => LogSumExp(y, axes, keep))),
    ];

    private static IEnumerable<Operator> Both(string name, int asInput, Func<Tensor, long[], bool, Tensor> reduce) =>
    [
        new(name, 1, call => Reduce(call, call.Ints("axes"), reduce)),
        new(name, asInput, call => Reduce(call, call.OptionalLongs(1), reduce)),
    ];

    private static Tensor Reduce(OperatorCall call, long[]? given, Func<Tensor, long[], bool, Tensor> reduce)
    {
        var rank = call.X.dim();
        if (given is null or [] && call.Int("noop_with_empty_axes", 0) != 0)
            return call.X;
        long[] axes = given is null or [] ? [.. Enumerable.Range(0, (int)rank).Select(axis => (long)axis)] : [.. given.Select(axis => call.Axis(axis, rank)).Distinct()];
        return axes.Length == 0 ? reduce(call.X.reshape(1), [0], false) : reduce(call.X, axes, call.Int("keepdims", 1) != 0);
    }

    // Whole numbers are reduced as floats that hold them exactly, and cut to whole numbers again.
    private static Tensor Exactly(Tensor x, Func<Tensor, Tensor> reduce) => x.is_floating_point() ? reduce(x) : reduce(x.to(ScalarType.Float64)).to(x.dtype);

    private static Tensor Ordered(Tensor x, Func<Tensor, Tensor> reduce) => x.dtype == ScalarType.Bool ? reduce(x.to(ScalarType.Byte)).to(ScalarType.Bool) : reduce(x);

    private static Tensor Product(Tensor x, long[] axes, bool keep) => axes.OrderDescending().Aggregate(x, (product, axis) => product.prod(axis, keep));

    private static Tensor LogSumExp(Tensor x, long[] axes, bool keep)
    {
        var largest = x.amax(axes, keepdim: true).detach();
        var sum = (x - largest).exp().sum(axes, keepdim: true).log() + largest;
        return keep ? sum : axes.OrderDescending().Aggregate(sum, (value, axis) => value.squeeze(axis));
    }
}
