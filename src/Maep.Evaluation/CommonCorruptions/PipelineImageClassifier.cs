using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A saved ML.NET pipeline from images, paths or pixels to a vector of scores.</summary>
public sealed class PipelineImageClassifier : IImageClassifier
{
    private readonly ITransformer _model;
    private readonly PipelineInput _input;
    private readonly string _scores;
    private readonly int _classes;
    private readonly int[]? _indexOfSlot; // null: slots are class indices
    private readonly string _folder;

    /// <param name="path">The .zip file.</param>
    /// <param name="options">Columns, size, classes.</param>
    /// <exception cref="FileNotFoundException">No such file, or no such assembly.</exception>
    /// <exception cref="InvalidDataException">No ML.NET model, one with a component that is not here, or no image goes in or no scores come out; the message says what was found.</exception>
    public PipelineImageClassifier(string path, ClassifierOptions options)
    {
        options.Validate();
        if (options.Normalises)
            throw new ArgumentException("Mean and standard deviation are given, but a pipeline prepares its images itself; leave them out, or give a classifier as .onnx.");
        Name = path;
        (_model, var schema) = PipelineFile.Load(path, options.Assemblies);
        _input = PipelineInput.Find(path, schema, options);
        var output = Output(path);
        var scores = Scores(path, output, options);
        (_scores, _classes, _indexOfSlot) = (scores.Name, options.ClassNames.Count, Slots(path, scores, options));
        _folder = Directory.CreateTempSubdirectory("maep-pipeline-").FullName; // last: what fails before leaves nothing behind
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Description => $"ML.NET pipeline, {_input.Description} to '{_scores}'{(_indexOfSlot is null ? "" : ", scores matched with classes by the names they carry")}";

    /// <inheritdoc/>
    public int Height => _input.Height;

    /// <inheritdoc/>
    public int Width => _input.Width;

    /// <inheritdoc/>
    public float[][] Scores(IReadOnlyList<ClassifierInput> images)
    {
        try
        {
            var scores = _model.Transform(_input.Rows(images, _folder)).GetColumn<float[]>(_scores);
            return _indexOfSlot is null ? [.. scores] : [.. scores.Select(InOrder)];
        }
        catch (Exception error) when (error is TypeLoadException or TypeInitializationException or BadImageFormatException or MissingMemberException) // a native library that is not here
        {
            throw PipelineFile.Fault(Name, error)!;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        (_model as IDisposable)?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private float[] InOrder(float[] slots)
    {
        var scores = new float[Math.Max(_classes, _indexOfSlot!.Max() + 1)];
        Array.Fill(scores, float.NegativeInfinity);
        foreach (var (score, index) in slots.Zip(_indexOfSlot!))
            scores[index] = score;
        return scores;
    }

    private DataViewSchema Output(string path)
    {
        try
        {
            return _model.GetOutputSchema(_input.Rows([], "").Schema);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException) // what ML.NET throws for a missing or mistyped column
        {
            throw new InvalidDataException($"{path}: the pipeline does not take {_input.Description} ({error.Message.ReplaceLineEndings(" ")}); name its image column with --input-column.", error);
        }
    }

    private static DataViewSchema.Column Scores(string path, DataViewSchema output, ClassifierOptions options)
    {
        var vectors = output.Where(column => !column.IsHidden && column.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single).ToArray();
        var found = vectors.Length == 0 ? $"no vector of Single among {string.Join(", ", output.Where(column => !column.IsHidden).Select(column => $"'{column.Name}' {column.Type}"))}"
            : $"vectors of Single {string.Join(", ", vectors.Select(column => $"'{column.Name}' {column.Type}"))}";
        var classes = options.ClassNames.Count;
        var scores = options.ScoreColumn is { } asked ? vectors.Where(column => column.Name == asked).ToArray()
            : vectors.Where(column => column.Name == "Score").ToArray() is [var score] ? [score]
            : vectors.Where(column => ((VectorDataViewType)column.Type).Size == classes).ToArray();
        return scores is [var only] ? only
            : throw new InvalidDataException($"{path}: {found}; scores are one vector named 'Score', or the only one of {classes} values. Name it with --score-column.");
    }

    // A trainer orders its scores as it met the labels; their names tell which is which.
    private static int[]? Slots(string path, DataViewSchema.Column scores, ClassifierOptions options)
    {
        var size = ((VectorDataViewType)scores.Type).Size;
        if (!scores.HasSlotNames())
        {
            return size == options.ClassNames.Count || (size > options.ClassNames.Count && !options.ClassesAreAll) ? null
                : throw new InvalidDataException($"{path}: '{scores.Name}' has {size} scores, but the images have {options.ClassNames.Count} classes; give a classifier of these classes.");
        }
        VBuffer<ReadOnlyMemory<char>> buffer = default;
        scores.GetSlotNames(ref buffer);
        string[] names = [.. buffer.DenseValues().Select(name => name.ToString())];
        foreach (var classes in new[] { options.ClassFolders, options.ClassNames, [.. Enumerable.Range(0, options.ClassNames.Count).Select(index => $"{index}")] })
        {
            var places = classes.Index().ToLookup(pair => pair.Item, pair => pair.Index);
            // A name that two classes share, as ImageNet's "crane", tells neither.
            if (Array.TrueForAll(names, name => places[name].Count() == 1))
                return [.. names.Select(name => places[name].Single())];
        }
        throw new InvalidDataException($"{path}: the scores of '{scores.Name}' are named '{names[0]}', '{names[^1]}' and so on, which are neither class folders nor names, each of one class, of these images ({string.Join(", ", options.ClassFolders.Take(2))}, {string.Join(", ", options.ClassNames.Take(2))}); give the class index that the pipeline was trained with.");
    }
}
