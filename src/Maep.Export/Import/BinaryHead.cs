using Maep.Export.Proto;
using AttributeType = Maep.Export.Proto.AttributeProto.Types.AttributeType;

namespace Maep.Export.Import;

/// <summary>
/// A classifier of two classes that gives one probability, sigmoid(z): the same classifier with two scores, 0 and z, whose softmax are the probabilities of
/// both. Attacks and verdicts then need no second definition of right.
/// </summary>
internal static class BinaryHead
{
    /// <summary>What the notes say of it.</summary>
    public const string Note = "It gives one probability, of the second class, by a sigmoid: the network gives the scores 0 and z, the value behind the sigmoid.";

    private const string Zero = "maep.binary.zero";
    private const string Scores = "maep.binary.scores";

    /// <summary>Puts two scores in the place of a sigmoid's one.</summary>
    /// <param name="graph">Changed where its one output is [N, 1] and comes from a Sigmoid.</param>
    /// <returns>Whether it was.</returns>
    public static bool Apply(GraphProto graph)
    {
        if (graph.Output is not [var output] || output.Type?.TensorType?.Shape?.Dim is not [_, { DimValue: 1 }]
            || graph.Node.LastOrDefault(node => node.Output.Contains(output.Name)) is not { OpType: "Sigmoid", Input: [var logit] })
            return false;
        graph.Node.Add([
            new NodeProto { OpType = "Sub", Name = Zero, Input = { logit, logit }, Output = { Zero } },
            new NodeProto { OpType = "Concat", Name = Scores, Input = { Zero, logit }, Output = { Scores }, Attribute = { new AttributeProto { Name = "axis", I = 1, Type = AttributeType.Int } } },
        ]);
        graph.Output.Clear();
        graph.Output.Add(new ValueInfoProto { Name = Scores });
        return true;
    }
}
