using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Functions that a network puts behind its layers, value by value.</summary>
internal static class Activations
{
    public static IEnumerable<Operator> All =>
    [
        new("Relu", 1, call => call.X.relu()),
        new("LeakyRelu", 1, call => nn.functional.leaky_relu(call.X, call.Float("alpha", 0.01f))),
        new("PRelu", 1, call => PRelu(call.X, call.Input(1).numel() == 1 ? call.Input(1) : call.Input(1).reshape([-1, .. Enumerable.Repeat(1L, (int)call.X.dim() - 2)]))),
        new("PRelu", 7, call => PRelu(call.X, call.Input(1))),
        new("Elu", 1, call => nn.functional.elu(call.X, call.Float("alpha", 1))),
        new("Selu", 6, call => Selu(call.X, call.Float("alpha", 1.67326319f), call.Float("gamma", 1.05070102f))),
        new("Celu", 12, call => nn.functional.celu(call.X, call.Float("alpha", 1))),
        new("Sigmoid", 1, call => call.X.sigmoid()),
        new("HardSigmoid", 1, call => HardSigmoid(call.X, call.Float("alpha", 0.2f), call.Float("beta", 0.5f))),
        new("HardSwish", 14, call => call.X * HardSigmoid(call.X, 1f / 6, 0.5f)),
        new("Swish", 24, call => call.X * (call.X * call.Float("alpha", 1)).sigmoid()),
        new("Mish", 18, call => call.X * nn.functional.softplus(call.X).tanh()),
        new("Softplus", 1, call => nn.functional.softplus(call.X)),
        new("Softsign", 1, call => call.X / (call.X.abs() + 1)),
        new("Tanh", 1, call => call.X.tanh()),
        new("Gelu", 20, call => call.Text("approximate", "none") switch
        {
            "none" => nn.functional.gelu(call.X),
            "tanh" => nn.functional.gelu(call.X, TorchSharp.Modules.GELU.Approximate.tanh),
            var other => throw call.Fault($"approximates by '{other}', 'none' or 'tanh' expected"),
        }),
        new("ThresholdedRelu", 10, call => where(call.X > call.Float("alpha", 1), call.X, zeros_like(call.X))),
        new("Shrink", 9, call => Shrink(call.X, call.Float("bias", 0), call.Float("lambd", 0.5f))),
        new("Clip", 1, call => call.X.clamp(call.Float("min", float.MinValue), call.Float("max", float.MaxValue))),
        new("Clip", 11, call => Clip(call)),
    ];

    // The slope may have fewer axes than the input; it is broadcast from the right.
    private static Tensor PRelu(Tensor x, Tensor slope) => where(x < 0, x * slope, x);

    private static Tensor Selu(Tensor x, float alpha, float gamma) => gamma * nn.functional.elu(x, alpha);

    private static Tensor HardSigmoid(Tensor x, float alpha, float beta) => (x * alpha + beta).clamp(0, 1);

    private static Tensor Shrink(Tensor x, float bias, float lambda) => where(x < -lambda, x + bias, where(x > lambda, x - bias, zeros_like(x)));

    private static Tensor Clip(OperatorCall call)
    {
        var (low, high) = (call.Optional(1), call.Optional(2));
        if (call.X.is_floating_point() && low is { requires_grad: false } && high is { requires_grad: false })
            return call.X.clamp(call.Number(1), call.Number(2));
        var floored = low is null ? call.X : maximum(call.X, low.to(call.X.dtype));
        return high is null ? floored : minimum(floored, high.to(call.X.dtype));
    }
}
