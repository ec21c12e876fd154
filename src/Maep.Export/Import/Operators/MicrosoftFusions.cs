using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import.Operators;

/// <summary>Operators of com.microsoft, to which ONNX Runtime's optimiser fuses several of the standard's.</summary>
internal static class MicrosoftFusions
{
    private const float SkipEpsilon = 1e-12f;

    public static IEnumerable<Operator> All => new Operator[]
    {
        new("FusedConv", 1, call => FusedConv(call)),
        new("FusedGemm", 1, call => Activate(call, MatrixProducts.Gemm(call, call.X, call.Input(1), call.Optional(2)),
            call.Text("activation", ""), [call.Float("activation_alpha", 0.01f), call.Float("activation_beta", 0)])),
        new("FusedMatMul", 1, call => FusedMatMul(call)),
        new("Gelu", 1, call => nn.functional.gelu(call.X)),
        new("BiasGelu", 1, call => nn.functional.gelu(call.X + call.Input(1))),
        new("FastGelu", 1, call => nn.functional.gelu(call.Optional(1) is { } bias ? call.X + bias : call.X, TorchSharp.Modules.GELU.Approximate.tanh)),
        new("QuickGelu", 1, call => call.X * (call.X * call.Float("alpha", 1.702f)).sigmoid()),
        new("SkipLayerNormalization", 1, call => SkipLayerNormalization(call)),
        new("Attention", 1, call => Attention(call)),
        new("MultiHeadAttention", 1, call => MultiHeadAttention(call)),
    }.Select(revision => revision with { Domain = Operator.Microsoft });

    private static Tensor FusedConv(OperatorCall call)
    {
        var sums = Convolutions.Convolve(call, call.X, call.Input(1), call.Optional(2));
        var shortcut = call.Optional(3);
        return Activate(call, shortcut is null ? sums : sums + shortcut, call.Text("activation", ""), call.Floats("activation_params") ?? []);
    }

    private static Tensor Activate(OperatorCall call, Tensor x, string activation, float[] values)
    {
        float Value(int index) => index < values.Length ? values[index] : throw call.Fault($"gives {values.Length} numbers for its activation '{activation}'");
        return activation switch
        {
            "" => x,
            "Relu" => x.relu(),
            "LeakyRelu" => nn.functional.leaky_relu(x, Value(0)),
            "Sigmoid" => x.sigmoid(),
            "Tanh" => x.tanh(),
            "Clip" => x.clamp(Value(0), Value(1)),
            "HardSigmoid" => (x * Value(0) + Value(1)).clamp(0, 1),
            _ => throw call.Fault($"has the activation '{activation}', which is not known"),
        };
    }

    private static Tensor FusedMatMul(OperatorCall call)
    {
        if (call.Int("transBatchA", 0) != 0 || call.Int("transBatchB", 0) != 0)
            throw call.Fault("moves batch axes, which is not supported");
        var a = call.Int("transA", 0) != 0 ? call.X.transpose(-2, -1) : call.X;
        var b = call.Int("transB", 0) != 0 ? call.Input(1).transpose(-2, -1) : call.Input(1);
        return MatrixProducts.MatMul(call, a, b) * call.Float("alpha", 1);
    }

    // Inputs: x, what skips a layer, scale, shift, a bias of the sum.
    private static Tensor?[] SkipLayerNormalization(OperatorCall call)
    {
        var sum = call.X + call.Input(1);
        if (call.Optional(4) is { } bias)
            sum += bias;
        var mean = sum.mean([-1], keepdim: true);
        var centred = sum - mean;
        var inverse = (centred.square().mean([-1], keepdim: true) + call.Float("epsilon", SkipEpsilon)).rsqrt();
        var result = centred * inverse * call.Input(2);
        return [call.Optional(3) is { } shift ? result + shift : result, mean, inverse, sum];
    }

    // Inputs: x [N, L, H], weights of queries, keys and values beside each other [H, 3 D], their bias; masks and earlier keys are for text.
    private static Tensor Attention(OperatorCall call)
    {
        RefuseMasks(call, 3, 4);
        if (call.Has("qkv_hidden_sizes") || call.Int("do_rotary", 0) != 0)
            throw call.Fault("has queries and values of different widths or rotates them, which is not supported");
        var all = MatrixProducts.MatMul(call, call.X, call.Input(1));
        if (call.Optional(2) is { } bias)
            all += bias;
        var parts = all.chunk(3, -1);
        return Attend(call, parts[0], parts[1], parts[2], call.Optional(5));
    }

    // Inputs: queries, keys, values [N, L, D], their bias in a row, masks, a bias of the scores.
    private static Tensor MultiHeadAttention(OperatorCall call)
    {
        RefuseMasks(call, 4, 6, 7);
        Tensor[] parts = [call.X, call.Input(1), call.Input(2)];
        if (parts.Any(part => part.dim() != 3))
            throw call.Fault("packs queries, keys and values together, which is not supported");
        if (call.Optional(3) is { } bias)
        {
            var sizes = Array.ConvertAll(parts, part => part.shape[2]);
            parts = [.. parts.Zip(bias.split(sizes, 0), (part, own) => part + own)];
        }
        return Attend(call, parts[0], parts[1], parts[2], call.Optional(5));
    }

    private static void RefuseMasks(OperatorCall call, params int[] inputs)
    {
        if (inputs.Any(index => call.Optional(index) is not null) || call.Int("unidirectional", 0) != 0)
            throw call.Fault("masks keys or takes earlier ones, which image classifiers do not need and which is not supported");
    }

    private static Tensor Attend(OperatorCall call, Tensor queries, Tensor keys, Tensor values, Tensor? bias)
    {
        var heads = call.Int("num_heads", 0);
        if (heads < 1 || queries.shape[2] % heads != 0)
            throw call.Fault($"splits {queries.shape[2]} numbers into {heads} heads");
        Tensor Split(Tensor x) => x.reshape(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);
        double? scale = call.Float("scale", 0) is var given and not 0 ? given : null;
        return Attentions.Attend(call, Split(queries), Split(keys), Split(values), scale, bias).transpose(1, 2).flatten(2);
    }
}
