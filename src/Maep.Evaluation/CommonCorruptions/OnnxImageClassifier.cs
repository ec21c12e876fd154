using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>Any ONNX file with one image input, float [N, 3, H, W] or [N, H, W, 3], and scores [N, K], whatever their names.</summary>
public sealed class OnnxImageClassifier : IImageClassifier
{
    private const int Channels = 3;

    private readonly InferenceSession _session;
    // Kept for the life of the session: RunOptions that the collector frees during a call crash the process.
    private readonly RunOptions _runOptions = new();
    private readonly ClassifierOptions _options;
    private readonly string _path;
    private readonly string _input;
    private readonly string _output;
    private readonly int _batch;        // 0: any
    private readonly bool _channelsLast;
    private float[] _pixels = [];

    /// <param name="path">The file.</param>
    /// <param name="options">Size, normalisation, output, threads.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Not ONNX, or no image classifier; the message says what was found.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public OnnxImageClassifier(string path, ClassifierOptions options)
    {
        options.Validate();
        (_path, _options, _session) = (path, options, Open(path, options.Threads));
        (_input, var shape) = Input(path, _session.InputMetadata);
        _channelsLast = shape[1] != Channels;
        _batch = Math.Max(0, shape[0]);
        var (height, width) = _channelsLast ? (shape[1], shape[2]) : (shape[2], shape[3]);
        (Height, Width) = (height > 0 ? height : options.Height, width > 0 ? width : options.Width);
        _output = Output(path, _session.OutputMetadata, options.ScoreColumn);
    }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public string Description => string.Create(CultureInfo.InvariantCulture,
        $"ONNX, '{_input}' {(_channelsLast ? $"[N, {Height}, {Width}, 3]" : $"[N, 3, {Height}, {Width}]")} RGB in [0, 1]{(_options.Normalises ? $" less mean [{string.Join(", ", _options.Mean)}] by standard deviation [{string.Join(", ", _options.StandardDeviation)}]" : "")} to '{_output}'");

    /// <inheritdoc/>
    public float[][] Scores(IReadOnlyList<ClassifierInput> images) =>
        [.. images.Chunk(_batch == 0 ? Math.Max(1, images.Count) : _batch).SelectMany(Run)];

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private IEnumerable<float[]> Run(ClassifierInput[] images)
    {
        var (length, rows) = (Channels * Height * Width, _batch == 0 ? images.Length : _batch);
        if (_pixels.Length < rows * length)
            _pixels = new float[rows * length]; // a fixed batch that is not full ends in what was there before
        Parallel.For(0, images.Length, new ParallelOptions { MaxDegreeOfParallelism = _options.Threads }, row => Write(images[row].Pixels, _pixels.AsSpan(row * length, length)));
        long[] shape = _channelsLast ? [rows, Height, Width, Channels] : [rows, Channels, Height, Width];
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _pixels.AsMemory(0, rows * length), shape);
        using var outputs = Ask(input, shape);
        var scores = outputs[0].GetTensorDataAsSpan<float>();
        var classes = scores.Length / rows;
        if (classes < _options.ClassNames.Count || (classes > _options.ClassNames.Count && _options.ClassesAreAll))
            throw new InvalidDataException($"{_path}: '{_output}' has {classes} scores, but the images have {_options.ClassNames.Count} classes; give a classifier of these classes in this order.");
        return scores.ToArray().Chunk(classes).Take(images.Length);
    }

    private IDisposableReadOnlyCollection<OrtValue> Ask(OrtValue input, long[] shape)
    {
        try
        {
            return _session.Run(_runOptions, [_input], [input], [_output]);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException($"{_path}: does not take images [{string.Join(", ", shape)}] ({error.Message}); prepare images of the size it was made for.", error);
        }
    }

    private void Write(float[] pixels, Span<float> target)
    {
        var plane = Height * Width;
        for (var channel = 0; channel < Channels; channel++)
        {
            var (mean, deviation) = (_options.Mean[channel], _options.StandardDeviation[channel]);
            for (var pixel = 0; pixel < plane; pixel++)
                target[_channelsLast ? (Channels * pixel) + channel : (channel * plane) + pixel] = (pixels[(channel * plane) + pixel] - mean) / deviation;
        }
    }

    private static InferenceSession Open(string path, int threads)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; give a classifier as .onnx, or a saved ML.NET pipeline as .zip.", path);
        using var settings = new SessionOptions { IntraOpNumThreads = threads };
        try
        {
            return new InferenceSession(path, settings);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException($"{path}: ONNX Runtime cannot read it ({error.Message}); it is damaged, truncated or no ONNX file.", error);
        }
    }

    private static (string Name, int[] Shape) Input(string path, IReadOnlyDictionary<string, NodeMetadata> inputs) =>
        inputs.ToArray() is [{ Key: var name, Value: { IsTensor: true } node }] && node.ElementType == typeof(float) && node.Dimensions is [_, Channels, _, _] or [_, _, _, Channels]
            ? (inputs.Keys.Single(), inputs.Values.Single().Dimensions)
            : throw new InvalidDataException($"{path}: inputs {Found(inputs)}; an image classifier has one, Single [N, 3, H, W] or [N, H, W, 3].");

    private static string Output(string path, IReadOnlyDictionary<string, NodeMetadata> outputs, string? asked)
    {
        string[] scores = [.. outputs.Where(output => output.Value.IsTensor && output.Value.ElementType == typeof(float) && output.Value.Dimensions.Length == 2).Select(output => output.Key)];
        if (asked is not null)
            return scores.Contains(asked) ? asked : throw new InvalidDataException($"{path}: no scores Single [N, K] named '{asked}' among outputs {Found(outputs)}; correct --score-column.");
        return scores is [var only] ? only : throw new InvalidDataException($"{path}: outputs {Found(outputs)}; {(scores.Length == 0 ? "a classifier has scores, Single [N, K]" : "name the scores with --score-column")}.");
    }

    private static string Found(IReadOnlyDictionary<string, NodeMetadata> nodes) => string.Join(", ", nodes.Select(node =>
        $"'{node.Key}' {(node.Value.IsTensor ? $"{node.Value.ElementType.Name} [{string.Join(", ", node.Value.Dimensions.Select(size => size > 0 ? $"{size}" : "?"))}]" : $"{node.Value.OnnxValueType}")}"));
}
