using Maep.Export.Proto;

namespace Maep.Export.Import;

/// <summary>The value of a graph that holds the scores of the classes.</summary>
/// <param name="Name">Of the value that attacks differentiate.</param>
/// <param name="Reported">Of the value that the file reports: the same, or the probabilities that a softmax makes of it.</param>
/// <param name="Softmax">The softmax in between; null where there is none.</param>
internal sealed record ScoresOutput(string Name, string Reported, NodeProto? Softmax)
{
    private const string MachineLearning = "ai.onnx.ml";

    // Behind these, scores are the same values in another shape.
    private static readonly string[] Rearrangements = ["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast", "Dropout"];

    /// <summary>Finds the scores among a graph's outputs: not the labels, nor the same scores in a map.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="chosen">Name of the output to take; null to find it.</param>
    /// <param name="source">What errors call the file.</param>
    /// <exception cref="InvalidDataException">No output holds scores, or several do.</exception>
    public static ScoresOutput Of(GraphProto graph, string? chosen, string source)
    {
        var makers = graph.Node.SelectMany(node => node.Output.Select(output => (output, node))).GroupBy(pair => pair.output).ToDictionary(group => group.Key, group => group.Last().node);
        var outputs = graph.Output.Select(output => output.Name).ToList();
        if (chosen is not null && !makers.ContainsKey(chosen))
            throw new InvalidDataException($"{source}: no output '{chosen}'; its outputs are {string.Join(", ", outputs)}.");
        var found = chosen is not null ? [chosen] : graph.Output.Select(output => IsOther(output, makers) ? null : Scores(output.Name, makers)).OfType<string>().Distinct().ToList();
        var logits = found.Select(name => Of(name, makers)).ToList();
        // Logits beside the probabilities made of them are one classifier's scores.
        var distinct = logits.GroupBy(output => output.Name).Select(group => group.OrderByDescending(output => output.Softmax is null).First()).ToList();
        return distinct switch
        {
            [var only] => only,
            [] => throw new InvalidDataException($"{source}: none of its outputs ({string.Join(", ", outputs)}) holds scores; an image classifier gives one score for each class."),
            _ => throw new InvalidDataException($"{source}: it has {distinct.Count} outputs that could be scores ({string.Join(", ", distinct.Select(output => output.Reported))}); an image classifier has one. Name the output to take, or export the classifier alone."),
        };
    }

    // Labels and truths by their declared type, and sequences that are no map of scores.
    private static bool IsOther(ValueInfoProto output, Dictionary<string, NodeProto> makers) => output.Type switch
    {
        null => false,
        { TensorType: { } tensor } => (ElementType)tensor.ElemType is ElementType.String or ElementType.Bool or ElementType.Int32 or ElementType.Int64,
        _ => !(makers.TryGetValue(output.Name, out var maker) && maker.OpType == "ZipMap"),
    };

    // Null for labels.
    private static string? Scores(string output, Dictionary<string, NodeProto> makers)
    {
        for (var name = output; makers.TryGetValue(name, out var maker); name = maker.Input[0])
        {
            if (maker.Domain == MachineLearning && maker.OpType == "ZipMap")
                return maker.Input.FirstOrDefault();
            if (maker.Domain == MachineLearning || maker.OpType is "ArgMax" or "ArgMin" or "TopK")
                return null;
            if (maker.Input.Count == 0 || !Rearrangements.Contains(maker.OpType))
                break;
        }
        return output;
    }

    private static ScoresOutput Of(string reported, Dictionary<string, NodeProto> makers)
    {
        for (var name = reported; makers.TryGetValue(name, out var maker) && maker.Input.Count > 0 && maker.Domain is "" or "ai.onnx"; name = maker.Input[0])
        {
            if (maker.OpType == "Softmax")
                return new ScoresOutput(maker.Input[0], reported, maker);
            if (!Rearrangements.Contains(maker.OpType))
                break;
        }
        return new ScoresOutput(reported, reported, null);
    }
}
