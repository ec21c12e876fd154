using Maep.Export.Proto;
using static Maep.Export.Tests.Import.TestGraph;

namespace Maep.Export.Tests.Import;

/// <summary>The cases of <see cref="OperatorTests"/>: each operator at an opset of each revision, with the attributes that change its result.</summary>
internal static partial class OperatorCases
{
    private static readonly long[] Image = [2, 3, 7, 6];
    private static readonly long[] Table = [4, 5];

    public static IEnumerable<OperatorCase> All => [.. ElementWise, .. Layers, .. Shapes, .. Quantized, .. Fused, .. Chains];

    private static IEnumerable<OperatorCase> ElementWise =>
    [
        .. from name in new[] { "Relu", "LeakyRelu", "Elu", "Sigmoid", "HardSigmoid", "Softplus", "Softsign", "Tanh", "Abs", "Neg", "Reciprocal", "Exp", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Identity", "Dropout" }
           from opset in new[] { 7, 13, 22 }
           select One(opset, name),
        .. from name in new[] { "Sinh", "Cosh", "Asinh", "Atanh", "Erf" } select One(13, name),
        .. from opset in new[] { 7, 25 } from name in new[] { "Selu" } select One(opset, name),
        One(7, "Elu", A("alpha", 0.3f)), One(13, "LeakyRelu", A("alpha", 0.3f)), One(13, "HardSigmoid", A("alpha", 0.4f), A("beta", 0.3f)), One(9, "Selu", A("alpha", 1.2f), A("gamma", 0.8f)),
        One(12, "Celu", A("alpha", 0.7f)), One(14, "HardSwish"), One(18, "Mish"), One(20, "Gelu"), One(20, "Gelu", A("approximate", "tanh")), One(10, "ThresholdedRelu", A("alpha", 0.33f)),
        One(9, "Shrink", A("lambd", 0.35f), A("bias", 0.1f)), One(24, "Swish", A("alpha", 1.3f)),
        One(7, "Sqrt") with { Positive = true }, One(13, "Log") with { Positive = true }, One(13, "Acosh") with { Positive = true, Start = 1 },
        .. Stepwise("Floor", 13), .. Stepwise("Ceil", 13), .. Stepwise("Sign", 13), .. Stepwise("Round", 13), .. Stepwise("IsNaN", 13), .. Stepwise("IsInf", 10),
        One(10, "IsInf", A("detect_negative", 0)) with { HasGradient = false },
        One(7, "Clip", A("min", -0.33f), A("max", 0.41f)), With(11, "Clip", ["low", "high"], Number("low", -0.33f), Number("high", 0.41f)), With(13, "Clip", ["", "high"], Number("high", 0.41f)), With(12, "Clip", ["low"], Number("low", -0.33f)),
        With(7, "PRelu", ["slope"], Random("slope", 5)), With(9, "PRelu", ["slope"], Random("slope", 3, 1, 1)) with { Shape = Image }, With(16, "PRelu", ["slope"], Random("slope", 1)),
        .. from name in new[] { "Add", "Sub", "Mul", "Div" } from opset in new[] { 7, 14 } select With(opset, name, ["c"], Random("c", 4, 1)),
        .. from name in new[] { "Sub", "Div" } select new OperatorCase(14, name, Table, ["c", "x"], [Random("c", 3, 4, 5)]),
        With(7, "Pow", ["c"], Number("c", 3)), With(12, "Pow", ["c"], Whole("c", 2)), With(13, "Pow", ["c"], Random("c", 5)) with { Positive = true }, new OperatorCase(15, "Pow", Table, ["c", "x"], [Number("c", 2.5f)]),
        With(13, "Mod", ["c"], A("fmod", 1L), Number("c", 2)) with { Start = 2, Positive = true },
        .. from name in new[] { "Min", "Max", "Sum", "Mean" } from opset in new[] { 8, 13 } select With(opset, name, ["c", "d"], Random("c", 5), Random("d", 4, 5)),
        .. from name in new[] { "Equal", "Greater", "Less" } from opset in new[] { 11, 13 } select With(opset, name, ["c"], Random("c", 4, 5)) with { HasGradient = false },
        .. from name in new[] { "GreaterOrEqual", "LessOrEqual" } from opset in new[] { 12, 16 } select With(opset, name, ["c"], Random("c", 4, 5)) with { HasGradient = false },
        new OperatorCase(9, "Where", Table, ["b", "x", "c"], [Tensor("b", BoolType, new byte[] { 1, 0, 0, 1, 1 }, 5), Random("c", 4, 1)]),
        new OperatorCase(16, "Where", Table, ["b", "c", "x"], [Tensor("b", BoolType, new byte[] { 1, 0, 0, 1 }, 4, 1), Number("c", 0.5f)]),
        .. from name in new[] { "Softmax", "LogSoftmax" } from opset in new[] { 7, 11, 13 } select One(opset, name) with { Shape = [2, 3, 4] },
        .. from name in new[] { "Softmax", "LogSoftmax" } from opset in new[] { 7, 11, 13 } select One(opset, name, A("axis", 2L)) with { Shape = [2, 3, 4] },
        .. from opset in new[] { 11, 13 } select One(opset, "Hardmax") with { HasGradient = false, Shape = [2, 3, 4] },
        .. from opset in new[] { 9, 13, 19, 21 } select One(opset, "Cast", A("to", (long)DoubleType)),
        One(13, "Cast", A("to", (long)Int32Type)) with { HasGradient = false }, One(13, "Cast", A("to", (long)BoolType)) with { HasGradient = false }, One(13, "Cast", A("to", (long)Int64Type)) with { HasGradient = false },
        With(15, "CastLike", ["c"], Tensor("c", DoubleType, new double[1], 1)), With(19, "CastLike", ["c"], Whole("c", 1)) with { HasGradient = false },
    ];

    private static OperatorCase One(int opset, string name, params AttributeProto[] attributes) => new(opset, name, Table, ["x"], [], attributes);

    private static IEnumerable<OperatorCase> Stepwise(string name, int opset) => [One(opset, name) with { HasGradient = false }];

    private static OperatorCase With(int opset, string name, string[] rest, params TensorProto[] constants) => new(opset, name, Table, ["x", .. rest], constants);

    private static OperatorCase With(int opset, string name, string[] rest, AttributeProto attribute, params TensorProto[] constants) => new(opset, name, Table, ["x", .. rest], constants, attribute);
}
