using Google.Protobuf;
using Maep.Export.Import;
using Maep.Export.Proto;
using TorchSharp;
using static Maep.Export.Tests.Import.TestGraph;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import;

/// <summary>A small image classifier as others would export it: convolution, batch normalisation, ReLU, mean of the image, fully connected layer; changed by each test.</summary>
internal static class TinyClassifier
{
    public const int Classes = 5;

    /// <summary>Images [N, 3, 8, 8] to scores [N, 5].</summary>
    /// <param name="batch">Images at once; 0 for any number.</param>
    public static ModelProto Model(long batch = 0) => TestGraph.Model(13, Value("image", FloatType, batch, 3, 8, 8), ["scores"],
        [
            Node("Conv", ["image", "kernel", "bias"], ["features"], A("pads", 1, 1, 1, 1)),
            Node("BatchNormalization", ["features", "scale", "shift", "mean", "variance"], ["normalized"]),
            Node("Relu", ["normalized"], ["positive"]),
            Node("GlobalAveragePool", ["positive"], ["pooled"]),
            Node("Flatten", ["pooled"], ["flat"]),
            Node("Gemm", ["flat", "matrix", "offset"], ["scores"], Int("transB", 1)),
        ],
        Random("kernel", 4, 3, 3, 3), Random("bias", 4), Random("scale", 4), Random("shift", 4), Random("mean", 4), Tensor("variance", FloatType, [0.5f, 1, 2, 3], 4), Random("matrix", Classes, 4), Random("offset", Classes));

    /// <summary>Puts nodes behind the scores; the last one makes the new output.</summary>
    public static ModelProto Then(this ModelProto model, params NodeProto[] nodes)
    {
        model.Graph.Node.AddRange(nodes);
        model.Graph.Output.Clear();
        model.Graph.Output.Add(new ValueInfoProto { Name = nodes[^1].Output[0] });
        return model;
    }

    public static ModelProto With(this ModelProto model, params TensorProto[] constants)
    {
        foreach (var constant in constants)
        {
            if (model.Graph.Initializer.FirstOrDefault(old => old.Name == constant.Name) is { } old)
                model.Graph.Initializer.Remove(old);
            model.Graph.Initializer.Add(constant);
        }
        return model;
    }

    /// <summary>Puts another node in the place of one.</summary>
    public static ModelProto Replace(this ModelProto model, string output, params NodeProto[] nodes)
    {
        var place = model.Graph.Node.Select((node, index) => (node, index)).Single(pair => pair.node.Output[0] == output).index;
        model.Graph.Node.RemoveAt(place);
        foreach (var node in nodes.Reverse())
            model.Graph.Node.Insert(place, node);
        return model;
    }

    /// <summary>Opens a file, comparing it with ONNX Runtime.</summary>
    public static ImportedNetwork Open(ModelProto model) => OnnxImporter.Open(model.ToByteArray(), "test");

    /// <summary>Random images [N, 3, 8, 8], the same ones always.</summary>
    public static Tensor Pictures(long count)
    {
        using var random = new Generator(4);
        return rand([count, 3, 8, 8], generator: random);
    }

    /// <summary>Values equal to a share of the largest.</summary>
    public static void Equal(Tensor expected, Tensor actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<float>() / expected.abs().max().item<float>(), 0, tolerance);
    }
}
