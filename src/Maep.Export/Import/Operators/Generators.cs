using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Tensors made of a few numbers.</summary>
internal static class Generators
{
    public static IEnumerable<Operator> All =>
    [
        new("Constant", 1, call => Constant(call)),
        new("ConstantOfShape", 9, call => ConstantOfShape(call)),
        new("Range", 11, call => Range(call)),
        new("EyeLike", 9, call => EyeLike(call)) { ReadsShapeOnly = true },
        new("OneHot", 9, call => OneHot(call)),
        new("Trilu", 14, call => Trilu(call)),
        new("CumSum", 11, call => CumSum(call)),
    ];

    private static Tensor Constant(OperatorCall call)
    {
        if (call.Constant("value") is { } value)
            return call.Decode(value);
        if (call.Has("value_float"))
            return tensor(call.Float("value_float", 0));
        if (call.Has("value_int"))
            return tensor(call.Int("value_int", 0));
        if (call.Floats("value_floats") is { } floats)
            return tensor(floats);
        return call.Ints("value_ints") is { } whole ? tensor(whole) : throw call.Fault("holds text or a sparse tensor; store a dense tensor of numbers");
    }

    private static Tensor ConstantOfShape(OperatorCall call)
    {
        var shape = call.Allow(call.Longs(0));
        using var value = call.Constant("value") is { } given ? call.Decode(given) : tensor(0f);
        return value.numel() == 1 ? value.reshape([.. Enumerable.Repeat(1L, shape.Length)]).expand(shape).clone() : throw call.Fault($"repeats {value.numel()} values; one expected");
    }

    private static Tensor Range(OperatorCall call)
    {
        var (start, limit, delta) = (call.Number(0), call.Number(1), call.Number(2));
        var count = delta == 0 ? throw call.Fault("has a step of 0") : Math.Max(Math.Ceiling((limit - start) / delta), 0);
        if (!(count <= NetworkLimits.LargestTensor))
            throw call.Fault($"counts {count} numbers; at most {NetworkLimits.LargestTensor} are allowed");
        return (arange((long)count, ScalarType.Float64) * delta + start).to(call.X.dtype);
    }

    private static Tensor EyeLike(OperatorCall call)
    {
        var type = call.Has("dtype") ? Casting.TypeOf(call, call.Int("dtype", 1)) : call.X.dtype;
        var (rows, columns) = call.X.shape is [var height, var width] ? (arange(height).unsqueeze(1), arange(width)) : throw call.Fault("makes a diagonal of another number of axes than two");
        return (columns - rows).eq(call.Int("k", 0)).to(type);
    }

    private static Tensor OneHot(OperatorCall call)
    {
        var places = call.X.to(ScalarType.Int64);
        var depth = (long)call.Number(1);
        var axis = call.Axis(call.Int("axis", -1), places.dim() + 1);
        call.Allow([.. places.shape, depth]);
        var (values, classes) = (call.Input(2), arange(depth, device: places.device));
        var chosen = where(places < 0, places + depth, places).unsqueeze(axis).eq(classes.reshape([.. Enumerable.Range(0, (int)places.dim() + 1).Select(index => index == axis ? depth : 1)]));
        return where(chosen, values[1], values[0]);
    }

    private static Tensor Trilu(OperatorCall call)
    {
        var diagonal = call.OptionalLongs(1) is [var k] ? k : 0;
        return call.Int("upper", 1) != 0 ? call.X.triu(diagonal) : call.X.tril(diagonal);
    }

    private static Tensor CumSum(OperatorCall call)
    {
        var axis = call.Axis((long)call.Number(1), call.X.dim());
        var backwards = call.Int("reverse", 0) != 0;
        var x = backwards ? call.X.flip(axis) : call.X;
        var sums = x.cumsum(axis).to(x.dtype);
        if (call.Int("exclusive", 0) != 0)
            sums -= x;
        return backwards ? sums.flip(axis) : sums;
    }
}
