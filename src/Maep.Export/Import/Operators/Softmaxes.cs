using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Softmax and its relatives: along one axis since opset 13, over all axes from the given one on before.</summary>
internal static class Softmaxes
{
    public static IEnumerable<Operator> All =>
    [
        new("Softmax", 1, call => Flattened(call, x => x.softmax(1))),
        new("Softmax", 13, call => Along(call, (x, axis) => x.softmax(axis))),
        new("LogSoftmax", 1, call => Flattened(call, x => x.log_softmax(1))),
        new("LogSoftmax", 13, call => Along(call, (x, axis) => x.log_softmax(axis))),
        new("Hardmax", 1, call => Flattened(call, x => Hardmax(x, 1))) { Gradient = GradientKind.Zero },
        new("Hardmax", 13, call => Along(call, Hardmax)) { Gradient = GradientKind.Zero },
    ];

    private static Tensor Along(OperatorCall call, Func<Tensor, long, Tensor> function) => function(call.X, call.Axis(call.Int("axis", -1), call.X.dim()));

    private static Tensor Flattened(OperatorCall call, Func<Tensor, Tensor> function)
    {
        var shape = call.X.shape;
        var axis = (int)call.Axis(call.Int("axis", 1), shape.Length);
        var rows = shape[..axis].Aggregate(1L, (product, size) => product * size);
        return function(call.X.reshape(rows, shape[axis..].Aggregate(1L, (product, size) => product * size))).reshape(shape);
    }

    private static Tensor Hardmax(Tensor x, long axis) => zeros_like(x).scatter(axis, x.argmax(axis, keepdim: true), ones_like(x.narrow(axis, 0, 1)));
}
