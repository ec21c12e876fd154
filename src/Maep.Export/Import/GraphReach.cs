using Maep.Export.Proto;

namespace Maep.Export.Import;

/// <summary>Which nodes of a graph some values need.</summary>
internal static class GraphReach
{
    /// <summary>The nodes that make these values, directly or not.</summary>
    public static HashSet<NodeProto> Needed(GraphProto graph, IEnumerable<string> wanted)
    {
        var makers = graph.Node.SelectMany(node => node.Output.Select(output => (output, node))).ToLookup(pair => pair.output, pair => pair.node);
        var nodes = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>(wanted);
        while (open.TryPop(out var name))
        {
            foreach (var read in makers[name].Where(node => name.Length > 0 && nodes.Add(node)).SelectMany(Reads))
                open.Push(read);
        }
        return nodes;
    }

    /// <summary>Names that a node reads, those inside its subgraphs among them.</summary>
    public static IEnumerable<string> Reads(NodeProto node) =>
        node.Input.Where(input => input.Length > 0).Concat(node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute =>
            attribute.G.Node.SelectMany(Reads).Concat(attribute.G.Output.Select(output => output.Name))));
}
