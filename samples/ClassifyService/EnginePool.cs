using System.Threading.Channels;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Samples.ClassifyService;

/// <summary>
/// A fixed number of prediction engines: an engine serves one thread at a time, so requests wait for a free one. They share the model,
/// and with it one ONNX Runtime session of each network.
/// </summary>
public sealed class EnginePool : IDisposable
{
    private readonly Channel<PredictionEngine<ImageInput, ClassScores>> _free = Channel.CreateUnbounded<PredictionEngine<ImageInput, ClassScores>>();
    private readonly ITransformer _model;

    /// <param name="context">Context of the model.</param>
    /// <param name="model">Model to share; the pool disposes it.</param>
    /// <param name="engines">Predictions made at the same time, at most.</param>
    public EnginePool(MLContext context, ITransformer model, int engines)
    {
        _model = model;
        // An engine that owned the model would dispose it under the others.
        var options = new PredictionEngineOptions { OwnsTransformer = false };
        for (var engine = 0; engine < engines; engine++)
            _free.Writer.TryWrite(context.Model.CreatePredictionEngine<ImageInput, ClassScores>(model, options));
    }

    /// <summary>Predicts with an engine that nobody else uses meanwhile, and disposes the image: the engine holds on to it until its next prediction.</summary>
    public async Task<float[]> Predict(ImageInput input, CancellationToken cancellation)
    {
        var engine = await _free.Reader.ReadAsync(cancellation);
        try
        {
            using var image = input.Image;
            return engine.Predict(input).Logits;
        }
        finally
        {
            _free.Writer.TryWrite(engine);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (_model as IDisposable)?.Dispose();
}
