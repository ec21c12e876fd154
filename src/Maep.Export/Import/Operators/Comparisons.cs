using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Comparisons, logic and choice, value by value. Gradients pass through the chosen values.</summary>
internal static class Comparisons
{
    public static IEnumerable<Operator> All =>
    [
        new("Equal", 7, call => BinaryMath.Pair(call, (a, b) => a.eq(b))),
        new("Greater", 7, call => BinaryMath.Pair(call, (a, b) => a.gt(b))),
        new("GreaterOrEqual", 12, call => BinaryMath.Pair(call, (a, b) => a.ge(b))),
        new("Less", 7, call => BinaryMath.Pair(call, (a, b) => a.lt(b))),
        new("LessOrEqual", 12, call => BinaryMath.Pair(call, (a, b) => a.le(b))),
        new("And", 7, call => BinaryMath.Pair(call, (a, b) => a.to(ScalarType.Bool).logical_and(b.to(ScalarType.Bool)))),
        new("Or", 7, call => BinaryMath.Pair(call, (a, b) => a.to(ScalarType.Bool).logical_or(b.to(ScalarType.Bool)))),
        new("Xor", 7, call => BinaryMath.Pair(call, (a, b) => a.to(ScalarType.Bool).logical_xor(b.to(ScalarType.Bool)))),
        new("Where", 9, call => Where(call)),
    ];

    private static Tensor Where(OperatorCall call)
    {
        var (condition, yes, no) = (call.Input(0), call.Input(1), call.Input(2));
        call.AllowBroadcast(condition, yes, no);
        return where(condition.to(ScalarType.Bool), yes, no);
    }
}
