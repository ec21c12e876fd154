using Maep.Export.Import;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import;

/// <summary>Every operator at every revision: values against ONNX Runtime, input gradients against differences through it.</summary>
public sealed class OperatorTests
{
    private static readonly Dictionary<string, OperatorCase> Cases = OperatorCases.All.Index().ToDictionary(pair => $"{pair.Index}: {pair.Item}", pair => pair.Item);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Values_and_gradients_are_those_of_ONNX_Runtime(string name)
    {
        var one = Cases[name];
        using var scope = NewDisposeScope();
        using var runs = new TwoRuns(one.Model());
        var values = one.Values();

        var actual = runs.Actual(tensor(values, one.Shape)).to(ScalarType.Float64).contiguous();

        var (expected, shape) = runs.Expected(values, one.Shape);
        Assert.Equal(shape.Select(size => (long)size), actual.shape);
        var numbers = actual.data<double>().ToArray();
        for (var index = 0; index < expected.Length; index++)
            Assert.True(Math.Abs(expected[index] - numbers[index]) <= 1e-4 * Math.Max(1, Math.Abs(expected[index])) || expected[index].Equals(numbers[index]), $"value {index}: {numbers[index]}, {expected[index]} expected");
        if (one.HasGradient)
            Assert.InRange(runs.GradientError(values, one.Shape), 0, 1e-2);
    }

    [Fact]
    public void Every_operator_at_every_revision_has_a_case()
    {
        var tested = Cases.Values.SelectMany(one => one.Model().Graph.Node.Select(node => OperatorCatalog.Find(node.Domain, node.OpType, node.Domain.Length > 0 ? 1 : one.Opset))).ToHashSet();

        // Revisions before opset 7 have no kernel in ONNX Runtime; the conformance models hold them.
        var missing = OperatorCatalog.All.Where(revision => OperatorCatalog.Find(revision.Domain, revision.Name, 7) is not { } oldest || revision.Since >= oldest.Since).Where(revision => !tested.Contains(revision)).Select(revision => $"{revision.Name} {revision.Since}");

        Assert.Equal("", string.Join(", ", missing));
    }
}
