using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>
/// Changes of the element type. What comes from pixels stays a float that holds whole numbers, so that gradients pass straight through the cut;
/// 16-bit floats are computed as 32-bit ones.
/// </summary>
internal static class Casting
{
    public static IEnumerable<Operator> All =>
    [
        new("Cast", 6, call => Cast(call, call.X, (ElementType)call.Int("to", 0))) { GradientOf = node => ToWholeNumbers(node) ? GradientKind.StraightThrough : GradientKind.Exact },
        new("CastLike", 15, call => call.DependsOnPixels && call.X.is_floating_point() && !call.Input(1).is_floating_point() && call.Input(1).dtype != ScalarType.Bool
            ? Rounding.StraightThrough(call.X, x => x.trunc())
            : call.X.to(call.Input(1).dtype)),
    ];

    /// <summary>The type that a number in a file means, as it is computed here.</summary>
    /// <exception cref="InvalidDataException">Text, or a type that cannot be computed with.</exception>
    public static ScalarType TypeOf(OperatorCall call, long type) => (ElementType)type switch
    {
        ElementType.Float or ElementType.Float16 or ElementType.BFloat16 => ScalarType.Float32,
        ElementType.Double => ScalarType.Float64,
        ElementType.UInt8 or ElementType.UInt4 => ScalarType.Byte,
        ElementType.Int8 or ElementType.Int4 => ScalarType.Int8,
        ElementType.Int16 => ScalarType.Int16,
        ElementType.UInt16 or ElementType.Int32 => ScalarType.Int32,
        ElementType.UInt32 or ElementType.Int64 or ElementType.UInt64 => ScalarType.Int64,
        ElementType.Bool => ScalarType.Bool,
        var other => throw call.Fault($"changes values to type {other}, with which nothing can be computed here"),
    };

    private static bool ToWholeNumbers(NetworkNode node) => (ElementType)(node.Attributes.GetValueOrDefault("to")?.I ?? 0)
        is not (ElementType.Float or ElementType.Float16 or ElementType.BFloat16 or ElementType.Double or ElementType.Bool);

    private static Tensor Cast(OperatorCall call, Tensor x, ElementType type)
    {
        var target = TypeOf(call, (long)type);
        if (target == ScalarType.Bool)
            return x.ne(0);
        if (type == ElementType.BFloat16 && x.is_floating_point())
            return Rounding.StraightThrough(x.to(target), value => value.to(ScalarType.BFloat16).to(target));
        var whole = target is not (ScalarType.Float32 or ScalarType.Float64);
        if (!whole || !x.is_floating_point() || !call.DependsOnPixels)
            return x.to(target);
        return Rounding.StraightThrough(x, value => value.trunc());
    }
}
