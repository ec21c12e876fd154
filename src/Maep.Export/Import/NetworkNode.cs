using System.Text;
using Maep.Export.Proto;

namespace Maep.Export.Import;

/// <summary>What a value of the graph changes with.</summary>
internal enum Dependence
{
    /// <summary>With nothing: computed once, when the file is opened.</summary>
    Nothing,

    /// <summary>With the size of the images: computed once for each size.</summary>
    Shape,

    /// <summary>With the images themselves.</summary>
    Pixels,
}

/// <summary>A node of the graph, ready to be computed.</summary>
/// <param name="Proto">The node as it stands in the file.</param>
/// <param name="Opset">Version of the operator set that the file asks for.</param>
/// <param name="Inputs">Slots of its inputs, -1 where one is left out.</param>
/// <param name="Outputs">Slots of its outputs, -1 where one is left out.</param>
/// <param name="Dependence">What its outputs change with.</param>
internal sealed record NetworkNode(NodeProto Proto, long Opset, IReadOnlyList<int> Inputs, IReadOnlyList<int> Outputs, Dependence Dependence)
{
    /// <summary>Attributes by name.</summary>
    public IReadOnlyDictionary<string, AttributeProto> Attributes { get; } = Proto.Attribute.GroupBy(attribute => attribute.Name).ToDictionary(group => group.Key, group => group.Last());

    /// <summary>How errors and notes call it.</summary>
    public override string ToString() => Describe(Proto, Opset);

    /// <summary>How errors call a node: by its name, or by what it makes.</summary>
    public static string Describe(NodeProto node, long opset)
    {
        var text = new StringBuilder("node '").Append(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(output => output.Length > 0) ?? "?").Append("' (");
        if (node.Domain.Length > 0)
            text.Append(node.Domain).Append('.');
        return text.Append(node.OpType).Append(", opset ").Append(opset).Append(')').ToString();
    }
}
