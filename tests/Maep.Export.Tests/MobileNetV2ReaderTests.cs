using Google.Protobuf;
using Maep.Export.Proto;
using Maep.Networks.Classifiers;
using Maep.Training.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = TorchSharp.torch.Tensor;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Tests;

[Trait("needs", "weights")]
public sealed class MobileNetV2ReaderTests : IDisposable
{
    private const string FileName = "mobilenet_v2_1.0_224.onnx";
    private const int Photographs = 8;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact, Trait("needs", "data")]
    public void Logits_and_classes_of_photographs_equal_those_of_ONNX_Runtime()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var path = Published();
        var (images, labels) = ReadPhotographs().Batches(Photographs).Single();
        var file = ModelFile.Open(path);

        var actual = file.Network.call(images);

        var expected = RunOnnx(path, images);
        Assert.IsType<MobileNetV2>(file.Network);
        Assert.Equal([Photographs, 1000], actual.shape);
        Assert.InRange((actual - expected).abs().max().item<float>(), 0, 1e-3);
        Assert.True(expected.std().item<float>() > 0.5); // the bound above means something
        labels.Dispose();
    }

    [SkippableFact]
    public void Gradients_reach_the_image_and_weights_have_none()
    {
        using var scope = NewDisposeScope();
        var file = ModelFile.Open(Published());
        var images = rand([2, 3, 64, 64], generator: new Generator(1)).requires_grad_();

        file.Network.call(images).sum().backward();

        Assert.Contains(Networks.Values(images.grad!), slope => slope != 0);
        Assert.DoesNotContain(file.Network.parameters(), parameter => parameter.requires_grad);
        Assert.Empty(file.Metadata);
    }

    public static TheoryData<string, string> Changes => new()
    {
        { "another operator", "node 3 is 'LeakyRelu', 'Clip' expected" },
        { "another stride", "node 2 has strides [2, 1], [2, 2] expected" },
        { "another shortcut", "node 20 adds 't4', the shortcut 't5' expected" },
        { "another order", "node 1 is 'Add' of image, in_add; 'in0' first of 2 inputs expected" },
        { "a cut end", "it ends after 130 nodes, 'Slice' expected" },
        { "a longer end", "it goes on after 'logits'" },
        { "too many classes", "node 130 slices 1..1002 of axis 1, some of the 1001 classes of axis 1 expected" },
        { "half the bytes", "constant 'conv63.bias' of type 1 has 2002 bytes of raw data, 4004 of type 1 expected" },
    };

    [SkippableTheory, MemberData(nameof(Changes))]
    public void Another_graph_is_refused_with_the_first_difference(string change, string reason)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Published()));
        var nodes = model.Graph.Node;
        switch (change)
        {
            case "another operator": nodes[3].OpType = "LeakyRelu"; break;
            case "another stride": nodes[2].Attribute.Single(attribute => attribute.Name == "strides").Ints[1] = 1; break;
            case "another shortcut": nodes.Where(node => node.OpType == "Add").ElementAt(1).Input[1] = "t4"; break;
            case "another order": nodes[1].Input[0] = "image"; break;
            case "a cut end": nodes.RemoveAt(nodes.Count - 1); break;
            case "a longer end": nodes.Add(new NodeProto { OpType = "Softmax" }); break;
            case "too many classes": Constant(model, "s1").RawData = ByteString.CopyFrom(BitConverter.GetBytes(1002L)); break;
            default: Constant(model, "conv63.bias").RawData = ByteString.CopyFrom(new byte[2002]); break;
        }
        var path = _folder.File("changed.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        var error = Assert.Throws<InvalidDataException>(() => ModelFile.Open(path));

        Assert.StartsWith($"{path}: no metadata 'maep.network', and its graph is no MobileNetV2 ({reason})", error.Message, StringComparison.Ordinal);
    }

    private static TensorProto Constant(ModelProto model, string name) => model.Graph.Initializer.Single(tensor => tensor.Name == name);

    private static string Published()
    {
        var weights = Environment.GetEnvironmentVariable("MAEP_WEIGHTS");
        Skip.If(weights is null, $"MAEP_WEIGHTS is not set; let it name the folder that holds {FileName}.");
        Skip.IfNot(File.Exists(Path.Combine(weights!, FileName)), $"MAEP_WEIGHTS is '{weights}', which holds no {FileName}.");
        return Path.Combine(weights!, FileName);
    }

    // One photograph of each of the first folders, in a folder of their own: reading all of them takes seconds.
    private LabelledImages ReadPhotographs()
    {
        var root = Path.Combine(Environment.GetEnvironmentVariable("MAEP_DATA") ?? "", "photos");
        Skip.IfNot(Directory.Exists(root), $"'{root}' does not exist; let MAEP_DATA name the folder that holds photos/<class>/<image>.png.");
        foreach (var folder in Directory.GetDirectories(root).Order(StringComparer.Ordinal).Take(Photographs))
        {
            var copy = Directory.CreateDirectory(_folder.File(Path.Combine("photos", Path.GetFileName(folder)))).FullName;
            File.Copy(Directory.GetFiles(folder).Order(StringComparer.Ordinal).First(), Path.Combine(copy, "image.png"));
        }
        return ImageFolder.Read(_folder.File("photos"), 224, 224, resize: true);
    }

    private static Tensor RunOnnx(string path, Tensor images)
    {
        using var session = new InferenceSession(path);
        var input = new DenseTensor<float>(images.data<float>().ToArray(), [.. images.shape.Select(size => (int)size)]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("image", input)]);
        return tensor(results[0].AsTensor<float>().ToArray(), [images.shape[0], 1000]);
    }
}
