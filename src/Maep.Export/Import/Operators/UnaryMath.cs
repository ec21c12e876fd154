using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Mathematical functions of one number, value by value.</summary>
internal static class UnaryMath
{
    public static IEnumerable<Operator> All =>
    [
        new("Abs", 1, call => call.X.abs()),
        new("Neg", 1, call => -call.X),
        new("Reciprocal", 1, call => call.X.reciprocal()),
        new("Sqrt", 1, call => call.X.sqrt()),
        new("Exp", 1, call => call.X.exp()),
        new("Log", 1, call => call.X.log()),
        new("Erf", 9, call => call.X.erf()),
        new("Sin", 7, call => call.X.sin()),
        new("Cos", 7, call => call.X.cos()),
        new("Tan", 7, call => call.X.tan()),
        new("Asin", 7, call => call.X.asin()),
        new("Acos", 7, call => call.X.acos()),
        new("Atan", 7, call => call.X.atan()),
        new("Sinh", 9, call => call.X.sinh()),
        new("Cosh", 9, call => call.X.cosh()),
        new("Asinh", 9, call => call.X.asinh()),
        new("Acosh", 9, call => call.X.acosh()),
        new("Atanh", 9, call => call.X.atanh()),
        new("Floor", 1, call => call.X.floor()) { Gradient = GradientKind.Zero },
        new("Ceil", 1, call => call.X.ceil()) { Gradient = GradientKind.Zero },
        new("Sign", 9, call => call.X.sign()) { Gradient = GradientKind.Zero },
        new("Round", 11, call => Rounding.StraightThrough(call.X, x => x.round())) { Gradient = GradientKind.StraightThrough },
        new("IsNaN", 9, call => call.X.isnan()),
        new("IsInf", 10, call => IsInfinite(call)),
        new("Not", 1, call => call.X.to(ScalarType.Bool).logical_not()),
    ];

    private static Tensor IsInfinite(OperatorCall call) => (call.Int("detect_negative", 1) != 0, call.Int("detect_positive", 1) != 0) switch
    {
        (true, true) => call.X.isinf(),
        (true, false) => call.X.eq(float.NegativeInfinity),
        (false, true) => call.X.eq(float.PositiveInfinity),
        _ => zeros_like(call.X, ScalarType.Bool),
    };
}
