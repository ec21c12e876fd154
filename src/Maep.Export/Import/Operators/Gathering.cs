using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Values picked by their places, and put to places.</summary>
internal static class Gathering
{
    public static IEnumerable<Operator> All =>
    [
        new("Gather", 1, call => Gather(call)),
        new("GatherElements", 11, call => GatherElements(call)),
        new("GatherND", 11, call => GatherND(call)),
        new("ScatterElements", 11, call => ScatterElements(call)),
        new("ScatterND", 11, call => ScatterND(call)),
    ];

    private static Tensor Gather(OperatorCall call)
    {
        var (x, axis) = (call.X, (int)call.Axis(call.Int("axis", 0), call.X.dim()));
        var places = FromFront(call.Input(1), x.shape[axis]);
        var shape = x.shape;
        long[] result = [.. shape[..axis], .. places.shape, .. shape[(axis + 1)..]];
        return x.index_select(axis, places.reshape(-1)).reshape(call.Allow(result));
    }

    private static Tensor GatherElements(OperatorCall call)
    {
        var axis = call.Axis(call.Int("axis", 0), call.X.dim());
        return call.X.gather(axis, FromFront(call.Input(1), call.X.shape[axis]));
    }

    private static Tensor ScatterElements(OperatorCall call)
    {
        var axis = call.Axis(call.Int("axis", 0), call.X.dim());
        var places = FromFront(call.Input(1), call.X.shape[axis]);
        return call.Text("reduction", "none") switch
        {
            "none" => call.X.scatter(axis, places, call.Input(2)),
            "add" => call.X.scatter_add(axis, places, call.Input(2)),
            var other => throw call.Fault($"combines values by '{other}'; 'none' or 'add' can be computed"),
        };
    }

    private static Tensor GatherND(OperatorCall call)
    {
        var (rows, tail, places) = Rows(call, (int)call.Int("batch_dims", 0));
        return rows.index_select(0, places.reshape(-1)).reshape([.. places.shape, .. tail]);
    }

    private static Tensor ScatterND(OperatorCall call)
    {
        var (rows, tail, places) = Rows(call, 0);
        var (index, values) = (places.reshape(-1), call.Input(2).reshape([places.numel(), .. tail]));
        var result = call.Text("reduction", "none") switch
        {
            "none" => rows.index_copy(0, index, values),
            "add" => rows.index_add(0, index, values, 1),
            var other => throw call.Fault($"combines values by '{other}'; 'none' or 'add' can be computed"),
        };
        return result.reshape(call.X.shape);
    }

    // The leading axes that the places speak of, laid out as one: its rows, the shape of a row, and each place as the number of a row.
    private static (Tensor Rows, long[] Tail, Tensor Places) Rows(OperatorCall call, int batch)
    {
        var (x, indices) = (call.X, call.Input(1).to(ScalarType.Int64));
        var (shape, given) = (x.shape, indices.shape);
        if (given.Length == 0 || batch < 0 || batch >= given.Length || batch + given[^1] > shape.Length || given[^1] < 1)
            throw call.Fault($"picks by places [{string.Join(", ", given)}] from [{string.Join(", ", shape)}] with {batch} batch axes");
        var depth = batch + (int)given[^1];
        var places = zeros(given[..^1], ScalarType.Int64, indices.device);
        for (var axis = 0; axis < depth; axis++)
        {
            var one = axis < batch
                ? arange(shape[axis], device: indices.device).reshape([.. Enumerable.Range(0, given.Length - 1).Select(index => index == axis ? shape[axis] : 1)])
                : FromFront(indices.select(-1, axis - batch), shape[axis]);
            places = places * shape[axis] + one;
        }
        return (x.reshape([-1, .. shape[depth..]]), shape[depth..], places);
    }

    // Negative places count from the end.
    private static Tensor FromFront(Tensor places, long length)
    {
        var whole = places.to(ScalarType.Int64);
        return where(whole < 0, whole + length, whole);
    }
}
