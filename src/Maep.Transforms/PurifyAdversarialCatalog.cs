using Maep.Transforms;

namespace Microsoft.ML;

/// <summary>Adds adversarial purification to the transforms of an <see cref="MLContext"/>.</summary>
public static class PurifyAdversarialCatalog
{
    /// <summary>
    /// Create an <see cref="AdversarialPurifyingEstimator"/>, which removes adversarial perturbations from the images in
    /// <paramref name="inputColumnName"/> with a purifier in ONNX format and writes them to <paramref name="outputColumnName"/>.
    /// </summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="outputColumnName">Name of the column resulting from the transformation of <paramref name="inputColumnName"/>: images if
    /// that holds images, a vector of <see cref="float"/> if that holds vectors.</param>
    /// <param name="inputColumnName">Name of column to transform. If set to <see langword="null"/>, the value of the <paramref name="outputColumnName"/>
    /// will be used as source.</param>
    /// <param name="modelPath">Name of a shipped purifier, such as <see cref="PurifierModels.MaepCifar10"/>, or path of one written by <c>maep export</c>:
    /// float32 [N, 3, H, W], RGB in [0, 1], from <c>maep.image</c> to <c>maep.purified</c>.</param>
    /// <param name="gpuDeviceId">CUDA device to run on; <see langword="null"/> means <see cref="MLContext.GpuDeviceId"/>, and the CPU where that is null too.</param>
    /// <param name="fallbackToCpu">Whether to run on the CPU where the GPU cannot be used, instead of an error; also true where <see cref="MLContext.FallbackToCpu"/> is and <paramref name="gpuDeviceId"/> is left out.</param>
    /// <param name="batchSize">Images purified at a time; 16 suits a CPU, 64 a GPU.</param>
    /// <exception cref="FileNotFoundException">No file at <paramref name="modelPath"/>.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX, or not a purifier.</exception>
    /// <exception cref="ArgumentException">A name or path is empty, the device id negative, or the batch size below 1.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.LoadImages("Image", imageFolder, "Path")
    ///     .Append(mlContext.Transforms.ResizeImages("Image", 32, 32))
    ///     .Append(mlContext.Transforms.PurifyAdversarial("Image", "Image", PurifierModels.MaepCifar10))
    ///     .Append(mlContext.Transforms.ExtractPixels("Pixels", "Image"));
    /// </code>
    /// </example>
    public static AdversarialPurifyingEstimator PurifyAdversarial(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName,
        string modelPath,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false,
        int batchSize = AdversarialPurifierOptions.DefaultBatchSize) =>
        catalog.PurifyAdversarial(new AdversarialPurifierOptions
        {
            OutputColumnName = outputColumnName,
            ModelPath = modelPath,
            InputColumnName = inputColumnName,
            GpuDeviceId = gpuDeviceId,
            FallbackToCpu = fallbackToCpu,
            BatchSize = batchSize,
        });

    /// <summary>Create an <see cref="AdversarialPurifyingEstimator"/> with all its settings: layout of vectors, images of other sizes, threads and cancellation among them.</summary>
    /// <param name="catalog">The transform's catalog.</param>
    /// <param name="options">Column names, model and how to run it.</param>
    /// <exception cref="FileNotFoundException">No file at <see cref="AdversarialPurifierOptions.ModelPath"/>.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX, or not a purifier.</exception>
    /// <exception cref="ArgumentException">An option is out of its range; the message lists every such option.</exception>
    public static AdversarialPurifyingEstimator PurifyAdversarial(this TransformsCatalog catalog, AdversarialPurifierOptions options) =>
        new(catalog, options);
}
