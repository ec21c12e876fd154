using Maep.Export.Proto;
using Maep.Networks;

namespace Maep.Export.Import;

/// <summary>What a user must know about an imported network, a sentence each.</summary>
internal static class ImportNotes
{
    /// <summary>The notes on a network.</summary>
    public static IReadOnlyList<string> Of(ModelProto model, NetworkProgram program, ImageInput input, ScoresOutput scores, BatchHandling batch)
    {
        var notes = new List<string>();
        if (scores.Softmax is not null)
            notes.Add("The final Softmax is taken off: the network gives logits, whose gradients do not vanish where it is sure.");
        notes.AddRange(Gradients(program, GradientKind.StraightThrough, "The gradient passes straight through the rounding of"));
        notes.AddRange(Gradients(program, GradientKind.Zero, "No gradient passes"));
        if (input.IsInteger)
            notes.Add("The file takes bytes: images in [0, 1] are multiplied by 255 and rounded, and the gradient passes straight through the rounding.");
        if (input.ChannelsLast)
            notes.Add("The file takes images [N, H, W, C]: the network takes [N, C, H, W] and transposes them.");
        if (batch.Mode == BatchMode.Freed)
            notes.Add("A batch of 1 is baked into the file: it is opened for any number of images.");
        if (batch.Mode == BatchMode.Looped)
            notes.Add($"A batch of {batch.Size} is baked into the file: images pass in groups of {batch.Size}.");
        if (model.Graph.Initializer.Any(constant => (ElementType)constant.DataType is ElementType.Float16 or ElementType.BFloat16))
            notes.Add("Its 16-bit floats are computed as 32-bit ones.");
        var unused = model.Graph.Output.Select(output => output.Name).Where(output => output != scores.Name && output != scores.Reported).ToList();
        if (unused.Count > 0)
            notes.Add($"Scores are taken from '{scores.Name}'; not used: {string.Join(", ", unused)}.");
        return notes;
    }

    private static IEnumerable<string> Gradients(NetworkProgram program, GradientKind kind, string text)
    {
        var operators = program.Nodes.Where(step => step.Dependence == Dependence.Pixels && step.Gradient == kind)
            .CountBy(step => step.Node.Proto.OpType).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} ({pair.Value})").ToList();
        return operators.Count == 0 ? [] : [$"{text} {string.Join(", ", operators)}."];
    }
}
