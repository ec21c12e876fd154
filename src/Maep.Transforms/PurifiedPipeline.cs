using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;

namespace Maep.Transforms;

/// <summary>Loads pipelines that were saved with a purifier and makes them as fast as they were before.</summary>
public static class PurifiedPipeline
{
    /// <summary>
    /// Loads a model as <c>mlContext.Model.Load</c> does, and once more where that fails by chance: ML.NET keeps the network of an ONNX
    /// step in a file of random name, and ONNX Runtime takes a name that ends in <c>.ort</c>, about one in 32,768, for another format.
    /// </summary>
    /// <param name="mlContext">Context of the model.</param>
    /// <param name="path">Path of a file written by <c>mlContext.Model.Save</c>, with or without a purifier.</param>
    /// <param name="inputSchema">The schema that was saved with it; null where there was none.</param>
    /// <returns>The model; the caller disposes it, which frees its networks and their files. <see cref="Optimize"/> makes its purifiers fast.</returns>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="FormatException">Not a model of ML.NET.</exception>
    public static ITransformer Load(MLContext mlContext, string path, out DataViewSchema? inputSchema)
    {
        using var stream = File.OpenRead(path);
        return Load(mlContext, stream, out inputSchema);
    }

    /// <param name="mlContext">Context of the model.</param>
    /// <param name="stream">A file written by <c>mlContext.Model.Save</c>, with or without a purifier; it must be able to seek.</param>
    /// <param name="inputSchema">The schema that was saved with it; null where there was none.</param>
    /// <inheritdoc cref="Load(MLContext, string, out DataViewSchema?)"/>
    public static ITransformer Load(MLContext mlContext, Stream stream, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        ArgumentNullException.ThrowIfNull(stream);
        var start = stream.Position;
        DataViewSchema? schema = null;
        var model = OrtFileName.Retry(() =>
        {
            stream.Position = start;
            return mlContext.Model.Load(stream, out schema);
        });
        inputSchema = schema;
        return model;
    }

    /// <summary>
    /// Turns each purifier of a loaded model, which is a chain of stock transformers that purify row by row, back into an
    /// <see cref="AdversarialPurifyingTransformer"/> that purifies in batches. The output is the same, bit for bit.
    /// </summary>
    /// <param name="mlContext">Context of the new steps.</param>
    /// <param name="model">A model from <see cref="Load(MLContext, string, out DataViewSchema?)"/> or <c>mlContext.Model.Load</c>. Its purifiers are disposed and its other steps taken over: use the result in its place.</param>
    /// <param name="gpuDeviceId">CUDA device to run on; null means <see cref="MLContext.GpuDeviceId"/>, and the CPU where that is null too.</param>
    /// <param name="fallbackToCpu">Whether to run on the CPU where the GPU cannot be used, instead of an error.</param>
    /// <param name="batchSize">Images purified at a time, at least 1.</param>
    /// <param name="cancellation">Ends reading the result's views.</param>
    /// <exception cref="ArgumentException">The model has no purifier that this library saved, or an argument is out of range.</exception>
    /// <exception cref="InvalidOperationException">The GPU asked for cannot be used; the model is unchanged.</exception>
    public static ITransformer Optimize(
        MLContext mlContext,
        ITransformer model,
        int? gpuDeviceId = null,
        bool fallbackToCpu = false,
        int batchSize = AdversarialPurifierOptions.DefaultBatchSize,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        ArgumentNullException.ThrowIfNull(model);
        var replaced = new List<IDisposable>();
        var optimized = Replace(model);
        if (replaced.Count == 0)
        {
            throw new ArgumentException("The model has no purifier saved by this library; load one that was saved after PurifyAdversarial.", nameof(model));
        }
        replaced.ForEach(step => step.Dispose());
        return optimized;

        ITransformer Replace(ITransformer step)
        {
            if (step is not IEnumerable<ITransformer> chain)
            {
                return step;
            }
            List<ITransformer> steps = [.. chain];
            for (var index = 0; index < steps.Count; index++)
            {
                if (steps[index] is not OnnxTransformer onnx || Purifier(mlContext, onnx) is not (var file, var saved))
                {
                    steps[index] = Replace(steps[index]);
                    continue;
                }
                // Steps that were appended to a purifier, which was saved alone, stand in one chain with its own.
                var column = saved.ToColumn();
                var (before, after) = StockChain.Around(column);
                if (index < before || index + after >= steps.Count)
                {
                    continue; // taken out of its chain
                }
                index -= before;
                replaced.AddRange(steps.GetRange(index, before + 1 + after).OfType<IDisposable>());
                steps.RemoveRange(index, before + 1 + after);
                steps.Insert(index, new AdversarialPurifyingTransformer(mlContext.Transforms, Options(saved), file, column));
            }
            return steps is [AdversarialPurifyingTransformer purifier] ? purifier : new TransformerChain<ITransformer>([.. steps]);
        }

        AdversarialPurifierOptions Options(SavedStep saved)
        {
            var options = new AdversarialPurifierOptions
            {
                ModelPath = $"the purifier of '{saved.Output}' in the loaded model",
                OutputColumnName = saved.Output,
                InputColumnName = saved.Input,
                GpuDeviceId = gpuDeviceId,
                FallbackToCpu = fallbackToCpu,
                BatchSize = batchSize,
                Cancellation = cancellation,
            };
            options.Validate();
            return ContextEnvironment.Resolve(mlContext.Transforms, options);
        }
    }

    /// <summary>The ONNX file and the note of a purifier; null where the step is another network.</summary>
    private static (byte[] File, SavedStep Saved)? Purifier(MLContext mlContext, OnnxTransformer onnx)
    {
        // The transformer hides its file; saving it is the public way to it.
        using var zip = new MemoryStream();
        mlContext.Model.Save(onnx, null, zip);
        using var archive = new ZipArchive(zip, ZipArchiveMode.Read);
        var entry = archive.Entries.Single(entry => entry.FullName.EndsWith("OnnxModel", StringComparison.Ordinal));
        using var content = entry.Open();
        using var reader = new BinaryReader(content);
        var file = reader.ReadBytes(reader.ReadInt32());
        return SavedStep.Read(file) is { } saved ? (PurifierGraph.FromSaved(file), saved) : null;
    }
}
