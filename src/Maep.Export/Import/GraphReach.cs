using Maep.Export.Proto;

namespace Maep.Export.Import;

/// <summary>Which nodes of a graph some values need.</summary>
internal static class GraphReach
{
    /// <summary>The nodes that make these values, directly or not.</summary>
    public static HashSet<NodeProto> Needed(GraphProto graph, IEnumerable<string> wanted)
    {
        var names = new HashSet<string>(wanted);
        var nodes = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Node.Reverse().Where(node => node.Output.Any(output => output.Length > 0 && names.Contains(output))))
        {
            nodes.Add(node);
            names.UnionWith(Reads(node));
        }
        return nodes;
    }

    /// <summary>Names that a node reads, those inside its subgraphs among them.</summary>
    public static IEnumerable<string> Reads(NodeProto node) =>
        node.Input.Where(input => input.Length > 0).Concat(node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute =>
            attribute.G.Node.SelectMany(Reads).Concat(attribute.G.Output.Select(output => output.Name))));
}
