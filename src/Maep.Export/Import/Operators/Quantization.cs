using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>
/// Rounding to integers with a scale and a zero point, and back. The integers stay floats, so that gradients pass straight through the rounding and
/// end where a value is cut to the integers' range.
/// </summary>
internal static class Quantization
{
    public static IEnumerable<Operator> All =>
    [
        new("QuantizeLinear", 10, call => Quantize(call, call.X, call.Input(1), call.Optional(2))) { Gradient = GradientKind.StraightThrough },
        new("DequantizeLinear", 10, call => Dequantize(call, call.X, call.Input(1), call.Optional(2))),
        new("DynamicQuantizeLinear", 11, call => Dynamic(call.X) is var (integers, scale, zero) ? [integers, scale, zero] : []) { Gradient = GradientKind.StraightThrough },
        new("QuantizeLinear", 1, call => Quantize(call, call.X, call.Input(1), call.Optional(2))) { Domain = Operator.Microsoft, Gradient = GradientKind.StraightThrough },
        new("DequantizeLinear", 1, call => Dequantize(call, call.X, call.Input(1), call.Optional(2))) { Domain = Operator.Microsoft },
    ];

    /// <summary>Rounds to the integers of a zero point's type, and cuts to their range.</summary>
    /// <param name="x">Values.</param>
    /// <param name="scale">What one step is worth; broadcast to the values.</param>
    /// <param name="zero">The integer of the value 0; broadcast to the values.</param>
    /// <param name="range">Of the integers.</param>
    public static Tensor Round(Tensor x, Tensor scale, Tensor? zero, (double Low, double High) range)
    {
        var steps = Rounding.StraightThrough(x / scale, ratio => ratio.round());
        return (zero is null ? steps : steps + zero.to(steps.dtype)).clamp(range.Low, range.High);
    }

    /// <summary>The values that integers stand for.</summary>
    /// <param name="integers">Of any type, floats among them.</param>
    /// <param name="scale">What one step is worth; broadcast.</param>
    /// <param name="zero">The integer of the value 0; broadcast; null for 0.</param>
    public static Tensor Restore(Tensor integers, Tensor scale, Tensor? zero)
    {
        var steps = integers.to(scale.dtype);
        return (zero is null ? steps : steps - zero.to(scale.dtype)) * scale;
    }

    /// <summary>Range of the integers that a zero point is one of.</summary>
    /// <exception cref="InvalidDataException">It has no integer type.</exception>
    public static (double Low, double High) Range(OperatorCall call, Tensor zero) => zero.dtype switch
    {
        ScalarType.Byte => (byte.MinValue, byte.MaxValue),
        ScalarType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        ScalarType.Int16 => (short.MinValue, short.MaxValue),
        ScalarType.Int32 => (ushort.MinValue, ushort.MaxValue), // uint16, which libtorch lacks; nothing is rounded to 32 bits
        ScalarType.Float32 => (byte.MinValue, byte.MaxValue), // computed by DynamicQuantizeLinear, whose integers are bytes
        var other => throw call.Fault($"rounds to integers of type {other}; uint8, int8, uint16 or int16 expected"),
    };

    private static Tensor Quantize(OperatorCall call, Tensor x, Tensor scale, Tensor? zero)
    {
        var range = zero is not null ? Range(call, zero) : (ElementType)call.Int("output_dtype", 0) switch
        {
            ElementType.Undefined or ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ElementType.UInt16 => (ushort.MinValue, ushort.MaxValue),
            ElementType.Int16 => (short.MinValue, short.MaxValue),
            var other => throw call.Fault($"rounds to integers of type {other}; uint8, int8, uint16 or int16 expected"),
        };
        var values = x.is_floating_point() ? x : x.to(scale.dtype);
        return Round(values, Spread(call, scale, x), zero is null ? null : Spread(call, zero, x), range);
    }

    private static Tensor Dequantize(OperatorCall call, Tensor x, Tensor scale, Tensor? zero) =>
        Restore(x, Spread(call, scale, x), zero is null ? null : Spread(call, zero, x));

    // One value for all, one for each place of an axis, or one for each block of places on it.
    private static Tensor Spread(OperatorCall call, Tensor values, Tensor x)
    {
        if (values.numel() == 1)
            return values.reshape([]);
        var axis = call.Axis(call.Int("axis", 1), x.dim());
        if (values.dim() == 1)
            return values.reshape([.. Enumerable.Range(0, (int)x.dim()).Select(index => index == axis ? -1L : 1L)]);
        var block = call.Int("block_size", 0);
        if (block < 1 || values.dim() != x.dim())
            throw call.Fault($"has scales [{string.Join(", ", values.shape)}] for [{string.Join(", ", x.shape)}] in blocks of {block}");
        return values.repeat_interleave(block, axis).narrow(axis, 0, x.shape[axis]);
    }

    /// <summary>Rounds to bytes whose scale and zero point come from the values at hand, and are functions of them.</summary>
    public static (Tensor Integers, Tensor Scale, Tensor Zero) Dynamic(Tensor x)
    {
        var (low, high) = (x.min().clamp(max: 0), x.max().clamp(min: 0));
        var range = (high - low) / byte.MaxValue;
        var scale = where(range.eq(0), ones_like(range), range);
        var zero = Rounding.StraightThrough((-low / scale).clamp(byte.MinValue, byte.MaxValue), value => value.round());
        return (Round(x, scale, zero, (byte.MinValue, byte.MaxValue)), scale, zero);
    }
}
