using Maep.Export.Proto;
using Maep.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>
/// Turns the nodes that some outputs need into a <see cref="NetworkProgram"/>: finds the operator of each, computes what depends on nothing at once,
/// and notes what depends on the images or on their size only.
/// </summary>
/// <param name="model">The file.</param>
/// <param name="source">What errors call it.</param>
/// <param name="decoder">Reads its constants.</param>
internal sealed class NetworkCompiler(ModelProto model, string source, TensorDecoder decoder)
{
    private readonly List<Tensor?> _constants = [];
    private readonly List<Dependence> _dependences = [];
    private long _computed;
    private long _stored;

    /// <summary>Makes the program.</summary>
    /// <param name="inputs">Values that come from outside.</param>
    /// <param name="outputs">Values that are asked for.</param>
    /// <param name="simplify">Whether batch normalisations are folded into convolutions.</param>
    /// <exception cref="InvalidDataException">An operator is unknown, a value is made by nobody, or a constant is damaged.</exception>
    public NetworkProgram Compile(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, bool simplify = true)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var names = new NameScope(model.Graph, null);
        var inputSlots = inputs.Select(name => names.Slots[name] = Slot(Dependence.Pixels)).ToList();
        var steps = Steps(model.Graph, names, [.. outputs]);
        var outputSlots = outputs.Select(name => Find(name, names) ?? throw Nobody($"output '{name}'", name)).ToList();
        if (simplify)
            steps = new BatchNormalizationFolding(slot => _constants[slot], Constant).Apply(steps, outputSlots);
        OrderKernels(steps);
        MarkLastReads(steps, outputSlots);
        var constants = _constants.Select(constant => constant?.DetachFromDisposeScope()).ToArray();
        return new NetworkProgram(source, decoder, constants, steps, inputSlots, outputSlots);
    }

    private List<NetworkStep> Steps(GraphProto graph, NameScope names, HashSet<string> wanted)
    {
        var needed = GraphReach.Needed(graph, wanted);
        var steps = new List<NetworkStep>();
        foreach (var node in graph.Node.Where(needed.Contains))
        {
            if (node.OpType == "If" && node.Domain is "" or "ai.onnx")
                steps.AddRange(Branches(node, names));
            else if (Step(node, names) is { } step)
                steps.Add(step);
        }
        return steps;
    }

    private NodeStep? Step(NodeProto proto, NameScope names)
    {
        var (revision, opset) = Resolve(proto);
        var inputs = Inputs(proto, opset, names);
        var dependence = inputs.Where(slot => slot >= 0).Select(slot => _dependences[slot]).DefaultIfEmpty(Dependence.Nothing).Max();
        if (revision.ReadsShapeOnly && dependence == Dependence.Pixels)
            dependence = Dependence.Shape;
        var outputs = proto.Output.Select(name => Define(name, dependence, names, proto, opset)).ToList();
        var step = new NodeStep(revision, new NetworkNode(proto, opset, inputs, outputs, dependence));
        if (dependence != Dependence.Nothing)
            return step;
        Fold(step);
        return null;
    }

    private List<int> Inputs(NodeProto proto, long opset, NameScope names) =>
        [.. proto.Input.Select(name => name.Length == 0 ? -1 : Find(name, names) ?? throw Nobody(NetworkNode.Describe(proto, opset), name))];

    // What depends on nothing is computed here and never again.
    private void Fold(NetworkStep step)
    {
        var execution = new Execution(source, decoder, [.. _constants]) { LargestTensor = NetworkLimits.LargestTensor };
        step.Run(execution);
        foreach (var slot in step.Fills)
        {
            _constants[slot] = execution.Values[slot];
            _computed += execution.Values[slot]!.numel();
        }
        // Large weights may be cast, dequantised and transposed; beyond that a small file grows by itself.
        var limit = NetworkLimits.LargestTensor + NetworkLimits.ComputedForStored * _stored;
        if (_computed > limit)
            throw new InvalidDataException($"{source}: its constants make {_computed} values before any image comes; {limit} are the limit.");
    }

    private List<NetworkStep> Branches(NodeProto proto, NameScope names)
    {
        var opset = Opset("");
        var condition = Inputs(proto, opset, names) is [>= 0 and var slot] ? slot : throw new InvalidDataException($"{source}: {NetworkNode.Describe(proto, opset)} needs one condition.");
        var node = new NetworkNode(proto, opset, [condition], [], _dependences[condition]);
        if (_constants[condition] is { } known)
        {
            var (steps, results) = Branch(proto, BranchStep.Chosen(known, source, node), names, opset);
            foreach (var (name, result) in proto.Output.Zip(results))
                names.Slots[name] = result;
            return steps;
        }
        var branches = new[] { true, false }.Select(chosen => Branch(proto, chosen, names, opset)).Select(branch => new BranchStep.Branch(branch.Steps, branch.Results)).ToArray();
        var dependence = branches.SelectMany(branch => branch.Results).Append(condition).Max(result => _dependences[result]);
        var outputs = proto.Output.Select(name => Define(name, dependence, names, proto, opset)).ToList();
        return [new BranchStep(condition, branches, node with { Outputs = outputs, Dependence = dependence })];
    }

    private (List<NetworkStep> Steps, List<int> Results) Branch(NodeProto proto, bool chosen, NameScope outer, long opset)
    {
        var name = chosen ? "then_branch" : "else_branch";
        var graph = proto.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.G;
        if (graph is null || graph.Output.Count < proto.Output.Count)
            throw new InvalidDataException($"{source}: {NetworkNode.Describe(proto, opset)} has no '{name}' with {proto.Output.Count} outputs.");
        var names = new NameScope(graph, outer);
        var outputs = graph.Output.Take(proto.Output.Count).Select(output => output.Name).ToList();
        var steps = Steps(graph, names, [.. outputs]);
        return (steps, [.. outputs.Select(output => Find(output, names) ?? throw Nobody(NetworkNode.Describe(proto, opset), output))]);
    }

    private (Operator Revision, long Opset) Resolve(NodeProto node)
    {
        var domain = node.Domain == "ai.onnx" ? "" : node.Domain;
        var opset = Opset(domain);
        if (OperatorCatalog.Find(domain, node.OpType, opset) is { } found)
            return (found, opset);
        var what = NetworkNode.Describe(node, opset);
        var reason = (OperatorCatalog.Find(domain, node.OpType), model.Functions.Any(function => function.Name == node.OpType && function.Domain == node.Domain)) switch
        {
            ([var oldest, ..], _) => $"is of an opset before {oldest.Since}, the oldest that can be opened; convert the file to opset {Math.Max(oldest.Since, 13)} (onnx.version_converter)",
            (_, true) => "is a function that the file defines; inline it when exporting (onnx.inliner.inline_local_functions)",
            _ => $"is no known operator; export the network with the operators listed in docs/onnx-import.md, or add a file {node.OpType}.cs to src/Maep.Export/Import/Operators",
        };
        throw new InvalidDataException($"{source}: {what} {reason}.");
    }

    private long Opset(string domain) => model.OpsetImport.Where(opset => (opset.Domain == "ai.onnx" ? "" : opset.Domain) == domain).Select(opset => opset.Version).DefaultIfEmpty(1).Max();

    private int Define(string name, Dependence dependence, NameScope names, NodeProto proto, long opset)
    {
        if (name.Length == 0)
            return -1;
        if (names.Slots.ContainsKey(name))
            throw new InvalidDataException($"{source}: {NetworkNode.Describe(proto, opset)} makes '{name}', which another node made before.");
        return names.Slots[name] = Slot(dependence);
    }

    // A constant of the file is read when the first node asks for it.
    private int? Find(string name, NameScope names)
    {
        for (var scope = names; scope is not null; scope = scope.Outer)
        {
            if (scope.Slots.TryGetValue(name, out var slot))
                return slot;
            if (!scope.Constants.TryGetValue(name, out var constant))
                continue;
            var value = decoder.Decode(constant);
            _stored += value.numel();
            return scope.Slots[name] = Constant(value);
        }
        return null;
    }

    private int Constant(Tensor value)
    {
        var slot = Slot(Dependence.Nothing);
        _constants[slot] = value;
        return slot;
    }

    private int Slot(Dependence dependence)
    {
        _constants.Add(null);
        _dependences.Add(dependence);
        return _constants.Count - 1;
    }

    // In the memory order of the images, which convolutions take without reordering (see ChannelsLast).
    private void OrderKernels(List<NetworkStep> steps)
    {
        foreach (var slot in steps.SelectMany(step => step.Nodes).Where(step => step.Node.Proto.OpType is "Conv" or "FusedConv" && step.Node.Inputs.Count > 1).Select(step => step.Node.Inputs[1]).Distinct())
        {
            if (_constants[slot] is { } kernel && kernel.dim() == 4)
                _constants[slot] = Networks.ChannelsLast.Order(kernel);
        }
    }

    // Constants stay, and so do values that the next images of the same size need again.
    private void MarkLastReads(List<NetworkStep> steps, List<int> outputs)
    {
        var read = new HashSet<int>(outputs);
        foreach (var step in Enumerable.Reverse(steps))
            step.Last = [.. step.Reads.Concat(step.Fills).Distinct().Where(slot => _dependences[slot] == Dependence.Pixels && read.Add(slot))];
    }

    private InvalidDataException Nobody(string who, string name) => new(model.Graph.SparseInitializer.Any(constant => constant.Values?.Name == name)
        ? $"{source}: {who} needs the sparse constant '{name}'; store it as a dense one."
        : $"{source}: {who} needs '{name}', which no node before it makes; the file is damaged or its nodes are out of order.");

    private sealed class NameScope(GraphProto graph, NameScope? outer)
    {
        public NameScope? Outer => outer;

        public Dictionary<string, int> Slots { get; } = [];

        public Dictionary<string, TensorProto> Constants { get; } = graph.Initializer.GroupBy(constant => constant.Name).ToDictionary(group => group.Key, group => group.Last());
    }
}
