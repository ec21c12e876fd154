using Microsoft.ML.OnnxRuntime;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>
/// Any ONNX file with one image input, [N, C, H, W] or [N, H, W, C], of float32, float16 or bytes, in colour or grey, and scores [N, K], whatever their names.
/// </summary>
public sealed class OnnxImageClassifier : IImageClassifier
{
    private readonly InferenceSession _session;
    // Kept for the life of the session: RunOptions that the collector frees during a call crash the process.
    private readonly RunOptions _runOptions = new();
    private readonly ClassifierOptions _options;
    private readonly OnnxImageInput _input;
    private readonly OnnxScores _scores;

    /// <param name="path">The file.</param>
    /// <param name="options">Size, normalisation, output, threads.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Not ONNX, an ONNX file that ONNX Runtime does not take, no image classifier, or one of other classes; the message says what was found.</exception>
    /// <exception cref="ArgumentException">An option is out of range, or does not apply to the input.</exception>
    public OnnxImageClassifier(string path, ClassifierOptions options)
    {
        options.Validate();
        (Name, _options) = (path, options);
        _session = OnnxSession.Open(path, options.Threads);
        try
        {
            _input = OnnxImageInput.Find(path, _session.InputMetadata, options);
            _scores = OnnxScores.Find(path, _session.OutputMetadata, options);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Height => _input.Height;

    /// <inheritdoc/>
    public int Width => _input.Width;

    /// <inheritdoc/>
    public string Description => $"ONNX, {_input.Description} to '{_scores.Name}'";

    /// <inheritdoc/>
    public float[][] Scores(IReadOnlyList<ClassifierInput> images) =>
        [.. images.Chunk(_input.Batch == 0 ? Math.Max(1, images.Count) : _input.Batch).SelectMany(Run)];

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private IEnumerable<float[]> Run(ClassifierInput[] images)
    {
        var rows = _input.Batch == 0 ? images.Length : _input.Batch;
        using var input = _input.Fill(images, rows, _options.Threads);
        using var outputs = Ask(input, rows);
        return _scores.Rows(outputs[0], rows).Take(images.Length);
    }

    private IDisposableReadOnlyCollection<OrtValue> Ask(OrtValue input, int rows)
    {
        try
        {
            return _session.Run(_runOptions, [_input.Name], [input], [_scores.Name]);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException($"{Name}: does not take images [{string.Join(", ", _input.Shape(rows))}] ({error.Message}); prepare images of the size it was made for.", error);
        }
    }
}
