using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>
/// An image classifier of an ONNX file as a module: images [N, C, H, W] to scores [N, K], with exact gradients for the images. Its constants are no
/// parameters and follow the images to their device. What stands between the file and the module is said in <see cref="Notes"/>.
/// </summary>
public sealed class ImportedNetwork : nn.Module<Tensor, Tensor>
{
    private readonly NetworkProgram _program;
    private readonly ImageInput _input;
    private readonly BatchHandling _batch;
    private readonly string _source;

    internal ImportedNetwork(NetworkProgram program, ImageInput input, BatchHandling batch, string source) : base("imported-onnx") =>
        (_program, _input, _batch, _source) = (program, input, batch, source);

    /// <summary>What messages call the file.</summary>
    internal string Source => _source;

    /// <summary>Name of the file's input for images.</summary>
    public string InputName => _input.Name;

    /// <summary>Name of the file's output with the scores.</summary>
    public string OutputName { get; internal init; } = "";

    /// <summary>Whether the file takes [N, H, W, C]; the module takes [N, C, H, W] of every file.</summary>
    public bool ChannelsLast => _input.ChannelsLast;

    /// <summary>Whether the file takes whole numbers 0 to 255, which are made of images in [0, 1] here.</summary>
    public bool TakesBytes => _input.IsInteger;

    /// <summary>Colours of an image: 1 or 3; null where the file takes any.</summary>
    public long? Channels => _input.Channels;

    /// <summary>Rows of an image; null where the file takes any.</summary>
    public long? Height => _input.Height;

    /// <summary>Columns of an image; null where the file takes any.</summary>
    public long? Width => _input.Width;

    /// <summary>Classes that it gives scores for.</summary>
    public long Classes { get; internal init; }

    /// <summary>In which ways the module computes otherwise than the file says, and where its gradient is not the exact one; a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <param name="input">[N, C, H, W] in the range that the file expects; in [0, 1] where it takes bytes.</param>
    /// <returns>Scores [N, K], before a final softmax; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">Images of another size.</exception>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Require(input);
        return Scores(input, long.MaxValue).MoveToOuterDisposeScope();
    }

    /// <summary>Scores as <see cref="forward"/> gives them, with a limit on the size of tensors.</summary>
    /// <exception cref="InvalidDataException">A tensor is larger, or the output holds no scores.</exception>
    internal Tensor Scores(Tensor images, long largestTensor)
    {
        if (_batch.Mode != BatchMode.Looped)
            return Once(images, _batch.Mode == BatchMode.Freed ? images.shape[0] : 1, largestTensor);
        // As many at once as the file takes; the last ones are filled up with images whose scores nobody reads.
        var scores = new List<Tensor>();
        for (var start = 0L; start < images.shape[0]; start += _batch.Size)
        {
            var part = images.narrow(0, start, Math.Min(_batch.Size, images.shape[0] - start));
            var missing = _batch.Size - part.shape[0];
            var full = missing == 0 ? part : cat([part, part.narrow(0, 0, 1).expand(missing, -1, -1, -1)], 0);
            scores.Add(Once(full, 1, largestTensor).narrow(0, 0, part.shape[0]));
        }
        return cat(scores, 0);
    }

    /// <summary>Scores of one group of images, each rounding compared with ONNX Runtime's and going on from it.</summary>
    /// <param name="images">As many as the file takes at once.</param>
    /// <param name="rounded">What ONNX Runtime rounded to, in the order of the program's roundings.</param>
    /// <exception cref="InvalidDataException">A rounding does not agree.</exception>
    internal Tensor ScoresFrom(Tensor images, IReadOnlyList<Tensor> rounded) => Once(images, 1, NetworkLimits.LargestTensor,
        _program.Roundings.Zip(rounded).ToDictionary(pair => pair.First.Slot, pair => pair.Second));

    private Tensor Once(Tensor images, long batchRatio, long largestTensor, IReadOnlyDictionary<int, Tensor>? rounded = null)
    {
        var scores = _program.Run([_input.Arrange(images)], batchRatio, largestTensor, rounded)[0];
        var (count, shape) = (images.shape[0], scores.shape);
        // [N, K], [N, K, 1, 1] and, for one image, [K].
        var classes = count == 0 ? 0 : scores.numel() / count;
        if (!(shape.Length >= 2 && shape[0] == count && shape.Skip(1).Aggregate(1L, Math.Max) == classes) && !(shape.Length == 1 && count == 1))
            throw new InvalidDataException($"{_source}: {count} images give an output [{string.Join(", ", shape)}]; a classifier gives one score for each class, [N, K]. Detectors, segmentations and purifiers of others cannot be opened.");
        return scores.reshape(count, classes).to(ScalarType.Float32);
    }

    private void Require(Tensor images)
    {
        var shape = images.shape;
        if (shape.Length != 4 || shape[0] == 0 || (Channels ?? shape[1]) != shape[1] || (Height ?? shape[2]) != shape[2] || (Width ?? shape[3]) != shape[3])
            throw new ArgumentException($"{_source}: images of the shape [{string.Join(", ", shape)}] given; [N, {Channels?.ToString() ?? "C"}, {Height?.ToString() ?? "H"}, {Width?.ToString() ?? "W"}] expected.");
    }
}
