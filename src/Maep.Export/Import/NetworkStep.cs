using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>A part of the network that is computed in one go.</summary>
internal abstract class NetworkStep
{
    /// <summary>Slots that it reads.</summary>
    public abstract IEnumerable<int> Reads { get; }

    /// <summary>Slots that it fills.</summary>
    public abstract IEnumerable<int> Fills { get; }

    /// <summary>What its outputs change with.</summary>
    public abstract Dependence Dependence { get; }

    /// <summary>Slots that nobody reads after it.</summary>
    public IReadOnlyList<int> Last { get; set; } = [];

    /// <summary>The nodes in it.</summary>
    public abstract IEnumerable<NodeStep> Nodes { get; }

    /// <summary>Fills its slots, which belong to the caller's dispose scope.</summary>
    /// <exception cref="InvalidDataException">The values do not suit the operator.</exception>
    public abstract void Run(Execution execution);

    /// <summary>Runs steps in order, each of those that depend only on the size of the images once for each size.</summary>
    public static void RunAll(IReadOnlyList<NetworkStep> steps, Execution execution)
    {
        foreach (var step in steps)
        {
            if (step.Dependence == Dependence.Shape)
                RunOnce(step, execution);
            else
                step.Run(execution);
            foreach (var slot in step.Last)
                execution.Release(slot);
        }
    }

    private static void RunOnce(NetworkStep step, Execution execution)
    {
        var known = execution.ShapeValues;
        if (step.Fills.Any(slot => known[slot] is null))
        {
            step.Run(execution);
            foreach (var slot in step.Fills)
                known[slot] = execution.Values[slot]!.DetachFromDisposeScope();
        }
        foreach (var slot in step.Fills)
            execution.Values[slot] = known[slot];
    }
}

/// <summary>A node that an operator computes.</summary>
internal sealed class NodeStep(Operator revision, NetworkNode node) : NetworkStep
{
    /// <summary>The operator.</summary>
    public Operator Revision => revision;

    /// <summary>The node.</summary>
    public NetworkNode Node => node;

    /// <summary>What stands for its gradient.</summary>
    public GradientKind Gradient => revision.GradientOf?.Invoke(node) ?? revision.Gradient;

    public override IEnumerable<int> Reads => node.Inputs.Where(slot => slot >= 0);

    public override IEnumerable<int> Fills => node.Outputs.Where(slot => slot >= 0);

    public override Dependence Dependence => node.Dependence;

    public override IEnumerable<NodeStep> Nodes => [this];

    public override void Run(Execution execution)
    {
        using var scope = NewDisposeScope();
        var inputs = new Tensor?[node.Inputs.Count];
        for (var index = 0; index < inputs.Length; index++)
            inputs[index] = node.Inputs[index] < 0 ? null : execution.Values[node.Inputs[index]];
        var outputs = Compute(inputs, execution);
        for (var index = 0; index < node.Outputs.Count; index++)
        {
            if (node.Outputs[index] < 0)
                continue;
            var output = (index < outputs.Length ? outputs[index] : null)
                ?? throw new InvalidDataException($"{execution.Source}: {node} has an output {index}, which this operator cannot make; {outputs.Length} outputs can be made.");
            // An operator may hand its input on; each slot owns a handle of its own.
            execution.Store(node.Outputs[index], (inputs.Contains(output) ? output.alias() : output).MoveToOuterDisposeScope(), node);
        }
    }

    private Tensor?[] Compute(Tensor?[] inputs, Execution execution)
    {
        try
        {
            return revision.Run(new OperatorCall(node, inputs, execution));
        }
        catch (Exception fault) when (fault is ExternalException or ArgumentException or IndexOutOfRangeException or InvalidOperationException
            or OverflowException or DivideByZeroException or NotSupportedException or NotImplementedException)
        {
            var shapes = string.Join(", ", inputs.Select(input => input is null ? "none" : $"{input.dtype} [{string.Join(", ", input.shape)}]"));
            throw new InvalidDataException($"{execution.Source}: {node} cannot be computed from {shapes}: {fault.Message.Split('\n')[0]}", fault);
        }
    }
}

/// <summary>An If whose condition is known only when the network runs: both branches are ready, one is computed.</summary>
/// <param name="condition">Slot of the condition.</param>
/// <param name="branches">Then and else.</param>
/// <param name="node">The node, its outputs among it.</param>
internal sealed class BranchStep(int condition, BranchStep.Branch[] branches, NetworkNode node) : NetworkStep
{
    /// <summary>One side of an If.</summary>
    /// <param name="Steps">Its nodes.</param>
    /// <param name="Results">Slots of its results, in the order of the node's outputs.</param>
    internal sealed record Branch(IReadOnlyList<NetworkStep> Steps, IReadOnlyList<int> Results);

    public override IEnumerable<int> Reads => branches.SelectMany(branch => branch.Steps.SelectMany(step => step.Reads).Concat(branch.Results)).Append(condition);

    public override IEnumerable<int> Fills => node.Outputs.Where(slot => slot >= 0);

    public override Dependence Dependence => node.Dependence;

    public override IEnumerable<NodeStep> Nodes => branches.SelectMany(branch => branch.Steps).SelectMany(step => step.Nodes);

    public override void Run(Execution execution)
    {
        var branch = branches[Chosen(execution.Values[condition]!, execution.Source, node) ? 0 : 1];
        RunAll(branch.Steps, execution);
        foreach (var (slot, result) in node.Outputs.Zip(branch.Results).Where(pair => pair.First >= 0))
            execution.Store(slot, execution.Values[result]!.alias(), node);
    }

    /// <summary>The truth of a condition.</summary>
    /// <exception cref="InvalidDataException">It is no single value.</exception>
    public static bool Chosen(Tensor condition, string source, NetworkNode node) => condition.numel() == 1
        ? condition.to(ScalarType.Bool).cpu().reshape(1).data<bool>()[0]
        : throw new InvalidDataException($"{source}: {node} has a condition [{string.Join(", ", condition.shape)}]; one value expected. A network that decides for each image by itself cannot be opened.");
}
