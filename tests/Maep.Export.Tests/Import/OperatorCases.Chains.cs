using Maep.Export.Proto;
using static Maep.Export.Tests.Import.TestGraph;

namespace Maep.Export.Tests.Import;

/// <summary>Operators that need others before or behind them: logic, constants, integers.</summary>
internal static partial class OperatorCases
{
    private static IEnumerable<OperatorCase> Chains => [.. Logic, .. Constants, .. Integers, .. MicrosoftIntegers];

    private static IEnumerable<OperatorCase> Logic =>
        from name in new[] { "And", "Or", "Xor" }
        select Chain(13, Table, [Node("Greater", ["x", "c"], ["a"]), Node("Less", ["x", "d"], ["b"]), Node(name, ["a", "b"], ["e"]), Node("Not", ["e"], ["f"]), Node("Where", ["f", "x", "c"], ["y"])], Number("c", -0.3f), Number("d", 0.3f)) with { HasGradient = true };

    private static IEnumerable<OperatorCase> Constants =>
    [
        .. from axis in new long[] { -1, 0 } select Chain(13, Table, [Node("ArgMax", ["x"], ["a"], Int("axis", 1)), Node("OneHot", ["a", "d", "v"], ["y"], Int("axis", axis))], Whole("d", 5), Tensor("v", FloatType, [0.5f, 2f], 2)),
        .. from attribute in new[] { A("value", Random("", 4, 5)), A("value_float", 0.5f), A("value_floats", [0.1f, 0.2f, 0.3f, 0.4f, 0.5f]) }
           select Chain(13, Table, [Node("Constant", [], ["c"], attribute), Node("Mul", ["x", "c"], ["y"])]) with { HasGradient = true },
        Chain(13, Table, [Node("Constant", [], ["c"], new AttributeProto { Name = "value_ints", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 2, 10 } }), Node("Reshape", ["x", "c"], ["y"])]) with { HasGradient = true },
        Chain(13, Table, [Node("Constant", [], ["c"], Int("value_int", 1)), Node("Gather", ["x", "c"], ["y"])]) with { HasGradient = true },
        Chain(11, Table, [Node("Range", ["a", "b", "c"], ["d"]), Node("Mul", ["x", "d"], ["y"])], Number("a", 1), Number("b", 3.5f), Number("c", 0.5f)) with { HasGradient = true },
        Chain(13, Table, [Node("Shape", ["x"], ["s"]), Node("ConstantOfShape", ["s"], ["c"], A("value", Tensor("", FloatType, [2.5f], 1))), Node("Mul", ["x", "c"], ["y"])]) with { HasGradient = true },
        Chain(13, Table, [Node("Shape", ["x"], ["s"]), Node("Gather", ["s", "one"], ["n"]), Node("Unsqueeze", ["n", "zero"], ["u"]), Node("Concat", ["minus", "u"], ["t"], Int("axis", 0)), Node("Reshape", ["x", "t"], ["y"])], Whole("one", 1), Longs("zero", 0), Longs("minus", -1)) with { HasGradient = true },
    ];

    private static IEnumerable<OperatorCase> Integers =>
    [
        .. from opset in new[] { 10, 13, 21 } select Chain(opset, Table, [Node("QuantizeLinear", ["x", "s", "z"], ["q"]), Node("DequantizeLinear", ["q", "s", "z"], ["y"])], Number("s", 0.013f), Zero("z", 100)),
        Chain(13, [2, 3, 4, 4], [Node("QuantizeLinear", ["x", "s", "z"], ["q"]), Node("DequantizeLinear", ["q", "s", "z"], ["d"]), Node("DequantizeLinear", ["w", "ws", "wz"], ["f"], Int("axis", 0)), Node("Conv", ["d", "f"], ["y"])],
            Number("s", 0.01f), Zero("z", 120), Bytes("w", 2, 3, 3, 3), Tensor("ws", FloatType, [0.01f, 0.02f], 2), Tensor("wz", Int8Type, new sbyte[] { 0, 3 }, 2)),
        Chain(10, [2, 3, 4, 4], [Quantize(), Node("QLinearConv", ["q", "s", "z", "w", "ws", "wz", "rs", "rz", "b"], ["r"], A("pads", 1, 1, 1, 1)), Restore()],
            [.. Steps, Bytes("w", 2, 3, 3, 3), Tensor("ws", FloatType, [0.01f, 0.02f], 2), Tensor("wz", Int8Type, new sbyte[2], 2), Tensor("b", Int32Type, [100, -50], 2)]),
        Chain(10, Table, [Quantize(), Node("QLinearMatMul", ["q", "s", "z", "w", "ws", "wz", "rs", "rz"], ["r"]), Restore()], [.. Steps, Bytes("w", 5, 3), Number("ws", 0.01f), Tensor("wz", Int8Type, new sbyte[] { 2 })]),
        Chain(11, [1, 3, 4, 4], [Node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), Node("ConvInteger", ["q", "w", "z"], ["i"]), Node("Cast", ["i"], ["f"], Int("to", FloatType)), Node("Mul", ["f", "s"], ["y"])], Bytes("w", 2, 3, 3, 3)),
        Chain(11, Table, [Node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), Node("MatMulInteger", ["q", "w", "z", "wz"], ["i"]), Node("Cast", ["i"], ["f"], Int("to", FloatType)), Node("Mul", ["f", "s"], ["y"])], Bytes("w", 5, 3), Tensor("wz", Int8Type, new sbyte[] { 2 })),
    ];

    private static IEnumerable<OperatorCase> MicrosoftIntegers =>
    [
        .. from name in new[] { "QLinearAdd", "QLinearMul" } select Chain(13, Table, [Quantize(), Node($"com.microsoft.{name}", ["q", "s", "z", "q", "s", "z", "rs", "rz"], ["r"]), Restore()], Steps),
        .. from name in new[] { "QLinearSigmoid", "QLinearLeakyRelu" } select Chain(13, Table, [Quantize(), Node($"com.microsoft.{name}", ["q", "s", "z", "rs", "rz"], ["r"]), Restore()], Steps),
        Chain(13, [2, 3, 4, 4], [Quantize(), Node("com.microsoft.QLinearGlobalAveragePool", ["q", "s", "z", "rs", "rz"], ["r"]), Restore()], Steps),
        Chain(13, [2, 3, 4, 4], [Quantize(), Node("com.microsoft.QLinearAveragePool", ["q", "s", "z", "rs", "rz"], ["r"], A("kernel_shape", 2, 2), A("pads", 1, 1, 0, 0)), Restore()], Steps),
        Chain(13, Table, [Quantize(), Node("com.microsoft.QLinearConcat", ["rs", "rz", "q", "s", "z", "q", "s", "z"], ["r"], Int("axis", 1)), Restore()], Steps),
        Chain(13, Table, [Quantize(), Node("com.microsoft.QGemm", ["q", "s", "z", "w", "ws", "wz", "b", "rs", "rz"], ["r"], Int("transB", 1)), Restore()], [.. Steps, Bytes("w", 3, 5), Number("ws", 0.01f), Tensor("wz", Int8Type, new sbyte[1]), Tensor("b", Int32Type, [1, 2, 3], 3)]),
        Chain(13, Table, [Node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), Node("com.microsoft.MatMulIntegerToFloat", ["q", "w", "s", "ws", "z", "wz", "b"], ["y"])], Bytes("w", 5, 3), Number("ws", 0.01f), Tensor("wz", Int8Type, new sbyte[1]), Random("b", 3)),
        Chain(13, Table, [Node("com.microsoft.DynamicQuantizeMatMul", ["x", "w", "ws", "wz", "b"], ["y"])], Bytes("w", 5, 3), Number("ws", 0.01f), Tensor("wz", Int8Type, new sbyte[1]), Random("b", 3)),
        Chain(13, Table, [Node("com.microsoft.QuantizeLinear", ["x", "s", "z"], ["q"]), Node("com.microsoft.DequantizeLinear", ["q", "s", "z"], ["y"])], Number("s", 0.013f), Zero("z", 100)),
    ];

    private static TensorProto[] Steps => [Number("s", 0.011f), Zero("z", 117), Number("rs", 0.03f), Zero("rz", 90)];

    private static NodeProto Quantize() => Node("QuantizeLinear", ["x", "s", "z"], ["q"]);

    private static NodeProto Restore() => Node("DequantizeLinear", ["r", "rs", "rz"], ["y"]);

    private static TensorProto Zero(string name, byte value) => Tensor(name, UInt8Type, [value]);

    private static TensorProto Bytes(string name, params long[] shape) =>
        Tensor(name, Int8Type, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(index => (sbyte)(index * 37 % 101 - 50))], shape);

    private static OperatorCase Chain(int opset, long[] shape, NodeProto[] nodes, params TensorProto[] constants) =>
        new(opset, string.Join(" ", nodes.Select(node => node.OpType)), shape, ["x"], constants) { Nodes = nodes, HasGradient = false };
}
