using Google.Protobuf;
using Maep.Export.Import;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import;

/// <summary>Whole architectures: values at several batch sizes, and input gradients, against ONNX Runtime.</summary>
public sealed class NetworkFormTests
{
    public static TheoryData<string> Names => NetworkForm.Names;

    [Theory, MemberData(nameof(Names))]
    public void An_architecture_opens_with_the_gradients_of_ONNX_Runtime(string name)
    {
        using var scope = NewDisposeScope();
        var model = NetworkForm.Model(name);
        using var random = new Generator(6);
        var values = rand([1, 3, 16, 16], generator: random).data<float>().ToArray();

        var network = OnnxImporter.Open(model.ToByteArray(), name); // compared at batch 1 and 3

        Assert.Equal((3L, 16L, 16L, 7L), (network.Channels, network.Height, network.Width, network.Classes));
        Assert.Equal(name == "vit-batch-1" ? ["A batch of 1 is baked into the file: it is opened for any number of images."] : [], network.Notes);
        // A step through thousands of kinks is no derivative: the same architecture with smooth activations.
        foreach (var node in model.Graph.Node.Where(node => node.OpType == "Relu"))
            node.OpType = "Softplus";
        using var runs = new TwoRuns(model);
        Assert.InRange(runs.GradientError(values, [1, 3, 16, 16]), 0, 1e-2);
    }
}
