using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = TorchSharp.torch.Tensor;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export;

/// <summary>Compares an exported model in ONNX Runtime with its TorchSharp network.</summary>
public static class ParityCheck
{
    /// <summary>Largest absolute difference that an export in 32-bit floats may have.</summary>
    public const double Tolerance = 1e-4;

    // Smaller precisions change pixels by design; beyond two grey levels of 255 a file is broken rather than coarse.
    private const double CoarseTolerance = 2.0 / 255;

    private static readonly int[] BatchSizes = [1, 3, 16];

    /// <summary>Largest absolute difference that an export may have.</summary>
    public static double Allowed(WeightPrecision precision) => precision == WeightPrecision.Fp32 ? Tolerance : CoarseTolerance;

    // Where a file takes any: one square, one that shows rows taken for columns.
    private static readonly (int Height, int Width)[] Sizes = [(32, 32), (20, 28)];

    /// <summary>Runs both on random images at batch 1, 3 and 16; a file that takes any size on a square and on another one.</summary>
    /// <param name="network">On the CPU, in evaluation mode.</param>
    /// <param name="model">ONNX bytes of the same network.</param>
    /// <returns>Largest absolute difference of any output value; NaN when an output is not finite.</returns>
    public static double LargestDifference(nn.Module<Tensor, Tensor> network, byte[] model)
    {
        using var noGradient = no_grad();
        using var session = new InferenceSession(model);
        using var random = new Generator(17);
        var sizes = session.InputMetadata[OnnxNames.Image].Dimensions;
        double largest = 0;
        var tried = from batch in BatchSizes
                    from size in sizes[2] > 0 ? [(sizes[2], sizes[3])] : Sizes
                    select (batch, size);
        foreach (var (batch, (height, width)) in tried)
        {
            using var scope = NewDisposeScope();
            var images = rand([batch, 3, height, width], generator: random);
            var expected = network.call(images).contiguous();
            using var results = session.Run([NamedOnnxValue.CreateFromTensor(OnnxNames.Image, new DenseTensor<float>(images.data<float>().ToArray(), [batch, 3, height, width]))]);
            var actual = tensor(results[0].AsTensor<float>().ToArray(), expected.shape);
            largest = Math.Max(largest, (actual - expected).abs().max().item<float>()); // Math.Max passes NaN on
        }
        return largest;
    }
}
