using Maep.Networks.Purifiers;
using TorchSharp;

namespace Maep.Export.Emitters;

/// <summary>Writes <see cref="MaskedAutoencoder"/> with every patch visible, the way it purifies.</summary>
internal sealed class MaskedAutoencoderEmitter(OnnxGraph graph, MaskedAutoencoderOptions options)
{
    private readonly int _grid = options.GridSize;
    private readonly int _patches = options.GridSize * options.GridSize;

    public string Emit(string images)
    {
        var centred = graph.Multiply(graph.Subtract(images, graph.Scalar(0.5f)), graph.Scalar(2));
        var features = Embed(centred);                                                // [N, C, H, W]
        var decoded = Decode(Encode(ToTokens(Split(features))));                      // [N * L, P]
        var output = Predict(features, Join(ToGrid(decoded)));
        if (options.Residual)
            output = graph.Add(output, centred);
        return graph.Clip(graph.Add(graph.Multiply(output, graph.Scalar(0.5f)), graph.Scalar(0.5f)), 0, 1);
    }

    private string Split(string features)
    {
        var p = options.PatchSize;
        var cut = graph.Reshape(features, 0, options.PixelValues, _grid, p, _grid, p);
        return graph.Reshape(graph.Transpose(cut, 0, 1, 3, 5, 2, 4), 0, options.PatchValues, _grid, _grid);
    }

    private string Join(string patches)
    {
        var p = options.PatchSize;
        var cut = graph.Reshape(patches, 0, options.PixelValues, p, p, _grid, _grid);
        return graph.Reshape(graph.Transpose(cut, 0, 1, 4, 2, 5, 3), 0, options.PixelValues, options.ImageSize, options.ImageSize);
    }

    private string Embed(string images)
    {
        if (options.StemWidth == 0)
            return images;
        return ConvolutionBlocks(graph.Conv(images, "stem_embed", padding: 1), "stem", options.StemBlocks);
    }

    private string Encode(string tokens)
    {
        var embedded = AddPositions(graph.Gemm(tokens, "patch_embed"), options.EncoderWidth, "encoder");
        var encoded = TransformerBlocks(embedded, "blocks", options.EncoderDepth, options.EncoderWidth, options.EncoderHeads);
        return graph.LayerNormalization(encoded, "norm", TransformerBlock.NormEpsilon);
    }

    private string Decode(string encoded)
    {
        var embedded = AddPositions(graph.Gemm(encoded, "decoder_embed"), options.DecoderWidth, "decoder");
        var decoded = TransformerBlocks(embedded, "decoder_blocks", options.DecoderDepth, options.DecoderWidth, options.DecoderHeads);
        return graph.Gemm(graph.LayerNormalization(decoded, "decoder_norm", TransformerBlock.NormEpsilon), "decoder_pred");
    }

    private string Predict(string features, string decoded)
    {
        if (options.StemWidth == 0)
            return decoded;
        return graph.Conv(ConvolutionBlocks(graph.Add(features, decoded), "tail", options.TailBlocks), "tail_pred", padding: 1);
    }

    private string ConvolutionBlocks(string x, string name, int count)
    {
        for (var index = 0; index < count; index++)
            x = graph.Add(x, graph.Conv(graph.Relu(graph.Conv(x, $"{name}.{index}.conv1", padding: 1)), $"{name}.{index}.conv2", padding: 1));
        return x;
    }

    // Tokens stay flat, [N * L, D], so that every linear layer is one Gemm; attention alone needs the images apart.
    private string TransformerBlocks(string tokens, string name, int count, int width, int heads)
    {
        for (var index = 0; index < count; index++)
        {
            var block = $"{name}.{index}";
            var mixed = graph.Gemm(graph.LayerNormalization(tokens, $"{block}.norm1", TransformerBlock.NormEpsilon), $"{block}.qkv");
            var parts = graph.Split(graph.Reshape(mixed, -1, _patches, 3 * width), 3, -1);
            var attended = graph.Reshape(graph.Attention(parts[0], parts[1], parts[2], heads), -1, width);
            tokens = graph.Add(tokens, graph.Gemm(attended, $"{block}.proj"));
            var hidden = graph.Gelu(graph.Gemm(graph.LayerNormalization(tokens, $"{block}.norm2", TransformerBlock.NormEpsilon), $"{block}.fc1"));
            tokens = graph.Add(tokens, graph.Gemm(hidden, $"{block}.fc2"));
        }
        return tokens;
    }

    private string AddPositions(string tokens, int width, string name)
    {
        using var values = SinCosPositions.Of(width, _grid, _grid);
        var positions = graph.Constant($"{name}.positions", values.data<float>().ToArray(), _patches, width);
        return graph.Reshape(graph.Add(graph.Reshape(tokens, -1, _patches, width), positions), -1, width);
    }

    private string ToTokens(string grid) => graph.Reshape(graph.Transpose(grid, 0, 2, 3, 1), -1, options.PatchValues);

    private string ToGrid(string tokens) => graph.Transpose(graph.Reshape(tokens, -1, _grid, _grid, options.PatchValues), 0, 3, 1, 2);
}
