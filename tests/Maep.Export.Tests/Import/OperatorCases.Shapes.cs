using Maep.Export.Proto;
using static Maep.Export.Tests.Import.TestGraph;

namespace Maep.Export.Tests.Import;

/// <summary>Reductions, shapes, places, padding, resizing.</summary>
internal static partial class OperatorCases
{
    private static readonly long[] Cube = [2, 3, 4];

    private static IEnumerable<OperatorCase> Shapes => [.. ReductionCases, .. ReshapingCases, .. PlaceCases, .. PaddingCases, .. ResizingCases];

    private static IEnumerable<OperatorCase> ReductionCases =>
    [
        .. from name in Reductions from opset in new[] { 7, 11 } from keep in new long[] { 0, 1 } select Positive(new OperatorCase(opset, name, Cube, ["x"], [], A("axes", 0, -1), Int("keepdims", keep))) with { Attributes = [A("axes", 0, opset == 7 ? 2 : -1), Int("keepdims", keep)] },
        .. from name in Reductions from keep in new long[] { 0, 1 } select Positive(new OperatorCase(18, name, Cube, ["x", "a"], [Longs("a", 0, -1)], Int("keepdims", keep))),
        .. from name in Reductions select Positive(new OperatorCase(18, name, Cube, ["x"], [])), new(13, "ReduceSum", Cube, ["x", "a"], [Longs("a", 1)]), new(13, "ReduceSum", Cube, ["x"], [], Int("noop_with_empty_axes", 1)),
        new(20, "ReduceMax", Cube, ["x", "a"], [Longs("a", 1)]),
        .. from name in new[] { "ArgMax", "ArgMin" } from opset in new[] { 7, 11, 13 } select new OperatorCase(opset, name, Cube, ["x"], [], A("axis", 1L)) { HasGradient = false },
        new(12, "ArgMax", Cube, ["x"], [], A("axis", -1L), Int("keepdims", 0), Int("select_last_index", 1)) { HasGradient = false },
        new(9, "TopK", Table, ["x"], [], Int("k", 2)) { Outputs = 2 }, new(10, "TopK", Table, ["x", "k"], [Longs("k", 3)], A("axis", 0L)) { Outputs = 2 },
        new(11, "TopK", Table, ["x", "k"], [Longs("k", 2)], Int("largest", 0)) { Outputs = 2 }, new(11, "TopK", Table, ["x", "k"], [Longs("k", 2)]) { Outputs = 2, Output = 1, HasGradient = false },
        .. from exclusive in new long[] { 0, 1 } from reverse in new long[] { 0, 1 } select new OperatorCase(11 + (int)(3 * reverse), "CumSum", Table, ["x", "a"], [Whole("a", 1)], Int("exclusive", exclusive), Int("reverse", reverse)),
    ];

    private static readonly string[] Reductions = ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"];

    private static IEnumerable<OperatorCase> ReshapingCases =>
    [
        .. from opset in new[] { 7, 13, 14 } select new OperatorCase(opset, "Reshape", Cube, ["x", "s"], [Longs("s", 0, -1)]), new(14, "Reshape", Cube, ["x", "s"], [Longs("s", 4, 6)], Int("allowzero", 1)),
        .. from axis in new long[] { 0, 1, 2 } from opset in new[] { 7, 11 } select new OperatorCase(opset, "Flatten", Cube, ["x"], [], A("axis", axis)), new(13, "Flatten", Cube, ["x"], [], A("axis", -1L)),
        new(13, "Transpose", Cube, ["x"], []), new(7, "Transpose", Cube, ["x"], [], A("perm", 1, 2, 0)),
        new(7, "Squeeze", [2, 1, 3, 1], ["x"], [], A("axes", [1L])), new(11, "Squeeze", [2, 1, 3, 1], ["x"], []), new(13, "Squeeze", [2, 1, 3, 1], ["x", "a"], [Longs("a", -1)]), new(13, "Squeeze", [2, 1, 3, 1], ["x"], []),
        new(7, "Unsqueeze", Table, ["x"], [], A("axes", 0, 3)), new(13, "Unsqueeze", Table, ["x", "a"], [Longs("a", -1, 1)]),
        new(8, "Expand", [3, 1], ["x", "s"], [Longs("s", 2, 1, 4)]), new(13, "Expand", [3, 4], ["x", "s"], [Longs("s", 1)]), new(7, "Tile", Table, ["x", "r"], [Longs("r", 2, 3)]),
        .. from mode in new[] { "DCR", "CRD" } select new OperatorCase(11, "DepthToSpace", [2, 8, 2, 3], ["x"], [], Int("blocksize", 2), A("mode", mode)), new(7, "DepthToSpace", [2, 8, 2, 3], ["x"], [], Int("blocksize", 2)), new(13, "SpaceToDepth", [2, 2, 4, 6], ["x"], [], Int("blocksize", 2)),
        .. from opset in new[] { 7, 13 } select new OperatorCase(opset, "Shape", Cube, ["x"], []) { HasGradient = false }, new(15, "Shape", Cube, ["x"], [], Int("start", -2), Int("end", 3)) { HasGradient = false }, new(13, "Size", Cube, ["x"], []) { HasGradient = false },
        .. from opset in new[] { 7, 13 } select new OperatorCase(opset, "Concat", Cube, ["x", "c", "x"], [Random("c", 2, 2, 4)], A("axis", 1L)),
        new(7, "Split", [6, 2], ["x"], [], A("split", 2, 4)) { Outputs = 2, Output = 1 }, new(11, "Split", [6, 2], ["x"], [], A("axis", 0L)) { Outputs = 3, Output = 2 }, new(13, "Split", [6, 2], ["x", "s"], [Longs("s", 1, 5)]) { Outputs = 2, Output = 1 },
        new(18, "Split", [7, 2], ["x"], [], Int("num_outputs", 3)) { Outputs = 3, Output = 2 },
        new(14, "Trilu", [3, 4], ["x"], []), new(14, "Trilu", [3, 4], ["x", "k"], [Whole("k", -1)], Int("upper", 0)),
        new(9, "EyeLike", [3, 4], ["x"], [], Int("k", 1)) { HasGradient = false },
    ];

    private static IEnumerable<OperatorCase> PlaceCases =>
    [
        new(7, "Slice", [5, 6], ["x"], [], A("starts", 1, -3), A("ends", 4, 1000), A("axes", 0, 1)), new(10, "Slice", [5, 6], ["x", "s", "e"], [Longs("s", 1, 0), Longs("e", 3, -1)]),
        new(11, "Slice", [5, 6], ["x", "s", "e", "a", "t"], [Longs("s", -1, 4), Longs("e", -1000, 0), Longs("a", 0, -1), Longs("t", -2, -1)]), new(13, "Slice", [5, 6], ["x", "s", "e", "a", "t"], [Longs("s", 0), Longs("e", long.MaxValue), Longs("a", 1), Longs("t", 2)]),
        .. from opset in new[] { 7, 11, 13 } select new OperatorCase(opset, "Gather", Cube, ["x", "i"], [Tensor("i", Int64Type, [2L, 0, 1, 1], 2, 2)], A("axis", 1L)), new(11, "Gather", Cube, ["x", "i"], [Whole("i", -1)], A("axis", 2L)),
        new(11, "GatherElements", [3, 3], ["x", "i"], [Tensor("i", Int64Type, [0L, -1, 2, 1, 0, 0], 2, 3)]), new(13, "GatherElements", [3, 3], ["x", "i"], [Tensor("i", Int64Type, [0L, 1, 2], 3, 1)], A("axis", 1L)),
        new(11, "GatherND", Cube, ["x", "i"], [Tensor("i", Int64Type, [0L, 2, 1, -1], 2, 2)]), new(12, "GatherND", Cube, ["x", "i"], [Tensor("i", Int64Type, [1L, 2], 2, 1)]) { Attributes = [Int("batch_dims", 1)] },
        new(11, "ScatterElements", [3, 3], ["x", "i", "c"], [Tensor("i", Int64Type, [0L, -1, 2], 1, 3), Random("c", 1, 3)]), new(16, "ScatterElements", [3, 3], ["x", "i", "c"], [Tensor("i", Int64Type, [0L, 0, 2], 3, 1), Random("c", 3, 1)], A("axis", 1L), A("reduction", "add")),
        new(11, "ScatterND", Cube, ["x", "i", "c"], [Tensor("i", Int64Type, [1L, 0], 2, 1), Random("c", 2, 3, 4)]), new(16, "ScatterND", Cube, ["x", "i", "c"], [Tensor("i", Int64Type, [1L, 2, 1, 2], 2, 2), Random("c", 2, 4)], A("reduction", "add")),
    ];

    private static IEnumerable<OperatorCase> PaddingCases =>
    [
        .. from mode in new[] { "constant", "reflect", "edge" } select new OperatorCase(7, "Pad", Image, ["x"], [], A("pads", 0, 0, 1, 2, 0, 0, 2, 1), A("mode", mode)),
        .. from mode in new[] { "constant", "reflect", "edge" } select new OperatorCase(11, "Pad", Image, ["x", "p"], [Longs("p", 0, 0, 1, 2, 0, 0, 2, 1)], A("mode", mode)),
        new(7, "Pad", Table, ["x"], [], A("pads", 1, -1, 0, 2), A("value", 0.5f)), new(13, "Pad", Table, ["x", "p", "v"], [Longs("p", -1, 0, 0, 2), Number("v", 0.5f)]), new(18, "Pad", Image, ["x", "p", "", "a"], [Longs("p", 1, 2), Longs("a", -1)]),
        new(19, "Pad", Table, ["x", "p"], [Longs("p", 1, 2, 0, 3)], A("mode", "wrap")),
    ];

    private static IEnumerable<OperatorCase> ResizingCases =>
    [
        .. from mode in new[] { "nearest", "linear" } select new OperatorCase(7, "Upsample", [1, 2, 3, 4], ["x"], [], A("mode", mode), A("scales", [1f, 1, 2, 3])),
        .. from mode in new[] { "nearest", "linear" } select new OperatorCase(9, "Upsample", [1, 2, 3, 4], ["x", "s"], [Scales(1, 1, 2, 3)], A("mode", mode)),
        .. from mode in new[] { "nearest", "linear" } from scale in new[] { 2f, 0.6f } select new OperatorCase(10, "Resize", [1, 2, 6, 5], ["x", "s"], [Scales(1, 1, scale, 2)], A("mode", mode)),
        .. from mode in new[] { "nearest", "linear", "cubic" } from coordinates in new[] { "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric" } from scale in new[] { 2.3f, 0.6f }
           select new OperatorCase(11, "Resize", [1, 2, 6, 5], ["x", "r", "s"], [Scales(1, 1, scale, 2), Tensor("r", FloatType, Array.Empty<float>(), 0)], A("mode", mode), A("coordinate_transformation_mode", coordinates)),
        .. from nearest in new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" } select new OperatorCase(13, "Resize", [1, 2, 6, 5], ["x", "", "", "z"], [Longs("z", 1, 2, 9, 3)], A("nearest_mode", nearest)),
        new(13, "Resize", [1, 2, 6, 5], ["x", "", "s"], [Scales(1, 1, 2, 2)], A("coordinate_transformation_mode", "tf_half_pixel_for_nn")),
        new(13, "Resize", [1, 1, 6, 5], ["x", "", "", "z"], [Longs("z", 1, 1, 4, 9)], A("mode", "cubic"), A("cubic_coeff_a", -0.5f), Int("exclude_outside", 1)),
        new(13, "Resize", [1, 1, 6, 5], ["x", "r", "", "z"], [Tensor("r", FloatType, [0f, 0, 0.2f, -0.1f, 1, 1, 0.8f, 1.3f], 8), Longs("z", 1, 1, 4, 7)], A("mode", "linear"), A("coordinate_transformation_mode", "tf_crop_and_resize"), A("extrapolation_value", 0.7f)),
        .. from mode in new[] { "linear", "cubic" } select new OperatorCase(18, "Resize", [1, 2, 9, 8], ["x", "", "", "z"], [Longs("z", 1, 2, 4, 5)], A("mode", mode), Int("antialias", 1)),
        .. from policy in new[] { "stretch", "not_larger", "not_smaller" } select new OperatorCase(18, "Resize", [1, 2, 6, 5], ["x", "", "", "z"], [Longs("z", 9, 4)], A("mode", "linear"), A("axes", 2, 3), A("keep_aspect_ratio_policy", policy)),
        new(19, "Resize", [1, 2, 6, 5], ["x", "", "s"], [Scales(1, 1, 1.3f, 0.7f)], A("mode", "linear"), A("coordinate_transformation_mode", "half_pixel_symmetric")),
    ];

    private static TensorProto Scales(params float[] values) => Tensor("s", FloatType, values, values.Length);

    // Logarithms need sums above 0.
    private static OperatorCase Positive(OperatorCase one) => one with { Positive = one.Operator == "ReduceLogSum" };
}
