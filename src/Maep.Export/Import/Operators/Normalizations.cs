using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Normalisations by statistics that are given, of an image, of channels or of groups of them.</summary>
internal static class Normalizations
{
    private const float Epsilon = 1e-5f;

    public static IEnumerable<Operator> All =>
    [
        new("BatchNormalization", 1, call => [GivenStatistics(call)]),
        new("BatchNormalization", 14, call => call.Int("training_mode", 0) == 0 ? [GivenStatistics(call)] : BatchStatistics(call)),
        new("InstanceNormalization", 6, call => InstanceNormalization(call)),
        new("LayerNormalization", 1, // ONNX Runtime has it before the standard's, of opset 17
            call => LayerNormalization(call, call.X)),
        new("RMSNormalization", 23, call => call.X * InverseDeviation(call, call.X.square(), From(call.X, call.Axis(call.Int("axis", -1), call.X.dim()))) * call.Input(1)),
        new("GroupNormalization", 18, call => GroupNormalization(call, perChannel: false)),
        new("GroupNormalization", 21, call => GroupNormalization(call, perChannel: true)),
        new("LRN", 1, call => LocalResponse(call)),
        new("LpNormalization", 1, call => LpNormalization(call)),
        new("MeanVarianceNormalization", 9, call => MeanVariance(call.X, call.Ints("axes") ?? [0, 2, 3])),
        new("ImageScaler", 1, call => call.X * call.Float("scale", 1) + PerChannel(call, tensor(call.Floats("bias") ?? [0f], device: call.X.device))),
    ];

    /// <summary>Layer normalisation over the axes from "axis" on, with the mean and the inverse deviation as further outputs.</summary>
    /// <param name="call">Scale as input 1, shift as input 2.</param>
    /// <param name="x">What is normalised.</param>
    public static Tensor?[] LayerNormalization(OperatorCall call, Tensor x) => LayerNormalization(call, x, call.Input(1), call.Optional(2), call.Int("axis", -1));

    /// <inheritdoc cref="LayerNormalization(OperatorCall, Tensor)"/>
    public static Tensor?[] LayerNormalization(OperatorCall call, Tensor x, Tensor scale, Tensor? shift, long axis)
    {
        var axes = From(x, call.Axis(axis, x.dim()));
        var mean = x.mean(axes, keepdim: true);
        var centred = x - mean;
        var inverse = InverseDeviation(call, centred.square(), axes);
        var result = centred * inverse * scale;
        return [shift is null ? result : result + shift, mean, inverse];
    }

    private static Tensor InverseDeviation(OperatorCall call, Tensor squares, long[] axes) => (squares.mean(axes, keepdim: true) + call.Float("epsilon", Epsilon)).rsqrt();

    private static long[] From(Tensor x, long axis) => [.. Enumerable.Range((int)axis, (int)(x.dim() - axis)).Select(index => (long)index)];

    // Per channel; files before opset 9 may give statistics for every place of an image.
    private static Tensor GivenStatistics(OperatorCall call)
    {
        var (scale, shift, mean, variance) = (call.Input(1), call.Input(2), call.Input(3), call.Input(4));
        if (scale.dim() == 1)
            return nn.functional.batch_norm(call.X, mean, variance, scale, shift, training: false, eps: call.Float("epsilon", Epsilon));
        return (call.X - mean) * (variance + call.Float("epsilon", Epsilon)).rsqrt() * scale + shift;
    }

    private static Tensor?[] BatchStatistics(OperatorCall call)
    {
        var axes = Enumerable.Range(0, (int)call.X.dim()).Where(axis => axis != 1).Select(axis => (long)axis).ToArray();
        var mean = call.X.mean(axes, keepdim: true);
        var centred = call.X - mean;
        var variance = centred.square().mean(axes, keepdim: true);
        var result = centred * (variance + call.Float("epsilon", Epsilon)).rsqrt() * PerChannel(call, call.Input(1)) + PerChannel(call, call.Input(2));
        var momentum = call.Float("momentum", 0.9f);
        Tensor Running(Tensor old, Tensor now) => old * momentum + now.reshape(-1) * (1 - momentum);
        return [result, Running(call.Input(3), mean), Running(call.Input(4), variance)];
    }

    private static Tensor PerChannel(OperatorCall call, Tensor values) => values.reshape([1, -1, .. Enumerable.Repeat(1L, (int)call.X.dim() - 2)]);

    private static Tensor InstanceNormalization(OperatorCall call)
    {
        var axes = From(call.X, 2);
        var centred = call.X - call.X.mean(axes, keepdim: true);
        return centred * InverseDeviation(call, centred.square(), axes) * PerChannel(call, call.Input(1)) + PerChannel(call, call.Input(2));
    }

    private static Tensor GroupNormalization(OperatorCall call, bool perChannel)
    {
        var groups = call.Int("num_groups", 0);
        var channels = call.X.dim() > 1 ? call.X.shape[1] : 0;
        if (groups < 1 || channels % groups != 0)
            throw call.Fault($"has {groups} groups of {channels} channels; a divisor expected");
        var (scale, shift) = (call.Input(1), call.Input(2));
        if (!perChannel) // before opset 21 one value serves a whole group
            (scale, shift) = (scale.repeat_interleave(channels / groups), shift.repeat_interleave(channels / groups));
        return nn.functional.group_norm(call.X, groups, scale, shift, call.Float("epsilon", Epsilon));
    }

    // The mean of squares over neighbouring channels: of an even number, one more lies behind than before.
    private static Tensor LocalResponse(OperatorCall call)
    {
        var size = call.Int("size", 0);
        if (size < 1 || size > NetworkLimits.LargestShape)
            throw call.Fault($"has the size {size}; a number of channels expected");
        var rows = call.X.square().reshape(call.X.shape[0], 1, call.X.shape[1], -1);
        var padded = nn.functional.pad(rows, [0, 0, (size - 1) / 2, size / 2]);
        var means = nn.functional.avg_pool2d(padded, [size, 1], [1, 1]).reshape(call.X.shape);
        return call.X / (means * call.Float("alpha", 1e-4f) + call.Float("bias", 1)).pow(call.Float("beta", 0.75f));
    }

    private static Tensor LpNormalization(OperatorCall call)
    {
        var axis = call.Axis(call.Int("axis", -1), call.X.dim());
        return call.X / (call.Int("p", 2) switch
        {
            1 => call.X.abs().sum(axis, keepdim: true),
            2 => call.X.square().sum(axis, keepdim: true).sqrt(),
            var other => throw call.Fault($"has the norm {other}; 1 or 2 expected"),
        });
    }

    private static Tensor MeanVariance(Tensor x, long[] axes)
    {
        var centred = x - x.mean(axes, keepdim: true);
        return centred / (centred.square().mean(axes, keepdim: true).sqrt() + 1e-9);
    }
}
