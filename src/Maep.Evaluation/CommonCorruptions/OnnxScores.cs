using Microsoft.ML.OnnxRuntime;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>The output of an ONNX classifier that has its scores: [N, K], or of more dimensions of which only K is more than 1, as a convolution leaves it.</summary>
internal sealed class OnnxScores
{
    private readonly string _path;
    private readonly Type _type;
    private readonly ClassifierOptions _options;

    private OnnxScores(string path, string name, NodeMetadata node, ClassifierOptions options)
    {
        (_path, Name, _type, _options) = (path, name, node.ElementType, options);
        if (node.Dimensions.Skip(1).All(size => size > 0))
            CheckClasses(node.Dimensions.Skip(1).Aggregate(1, (product, size) => product * size)); // before any image is read
    }

    public string Name { get; }

    /// <summary>Finds the scores among the outputs.</summary>
    /// <exception cref="InvalidDataException">None, more than one where none was named, or scores of other classes.</exception>
    public static OnnxScores Find(string path, IReadOnlyDictionary<string, NodeMetadata> outputs, ClassifierOptions options)
    {
        KeyValuePair<string, NodeMetadata>[] candidates = [.. outputs.Where(output => output.Value.IsTensor && MayBeScores(output.Value))];
        if (options.ScoreColumn is { } asked)
        {
            return Array.Exists(candidates, candidate => candidate.Key == asked) ? new OnnxScores(path, asked, outputs[asked], options)
                : throw new InvalidDataException($"{path}: no scores Single [N, K] named '{asked}' among outputs {OnnxSession.Listed(outputs)}; {(outputs.TryGetValue(asked, out var other) && !other.IsTensor ? Maps : "correct --score-column.")}");
        }
        var flat = Array.FindAll(candidates, candidate => candidate.Value.Dimensions.Length == 2);
        var scores = flat.Length > 0 ? flat : candidates;
        if (scores is [var only])
            return new OnnxScores(path, only.Key, only.Value, options);
        var remedy = scores.Length > 0 ? "name the scores with --score-column." : outputs.Values.Any(output => !output.IsTensor) ? Maps : "a classifier has scores, Single or Float16 [N, K].";
        throw new InvalidDataException($"{path}: outputs {OnnxSession.Listed(outputs)}; {remedy}");
    }

    /// <summary>Scores of each row of a batch.</summary>
    /// <param name="output">What the network gave.</param>
    /// <param name="rows">Images it was asked for.</param>
    /// <exception cref="InvalidDataException">No row of scores for each image, or scores of other classes.</exception>
    public IEnumerable<float[]> Rows(OrtValue output, int rows)
    {
        var shape = output.GetTensorTypeAndShape().Shape;
        if (shape.Length < 2 || shape[0] != rows || shape.Skip(1).Count(size => size != 1) > 1)
            throw new InvalidDataException($"{_path}: '{Name}' is [{string.Join(", ", shape)}] for {rows} images; scores are one row of K for each image, [N, K] or [N, K, 1, 1].");
        float[] scores = _type == typeof(Float16) ? [.. output.GetTensorDataAsSpan<Float16>().ToArray().Select(value => (float)value)] : output.GetTensorDataAsSpan<float>().ToArray();
        var classes = scores.Length / rows;
        CheckClasses(classes);
        return scores.Chunk(classes);
    }

    private const string Maps = "scores are a tensor, Single or Float16 [N, K], and no sequence of maps from class to score, as ZipMap makes of them: export without it (zipmap=False), or take that node out of the graph.";

    private static bool MayBeScores(NodeMetadata node) => (node.ElementType == typeof(float) || node.ElementType == typeof(Float16))
        && node.Dimensions.Length >= 2 && node.Dimensions.Skip(1).Count(size => size > 1) <= 1;

    private void CheckClasses(int classes)
    {
        var known = _options.ClassNames.Count;
        if (classes < known || (classes > known && _options.ClassesAreAll))
            throw new InvalidDataException($"{_path}: '{Name}' has {classes} scores, but the images have {known} classes; give a classifier of these classes in this order.");
    }
}
