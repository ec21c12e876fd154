using Maep.Export.Import;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import;

/// <summary>Classifiers that others trained and exported, in the folder that MAEP_ONNX names.</summary>
[Trait("needs", "weights")]
public sealed class RealClassifierTests
{
    internal static string Published(string name, string variable = "MAEP_ONNX")
    {
        var folder = Environment.GetEnvironmentVariable(variable);
        Skip.If(folder is null, $"{variable} is not set; let it name the folder that holds {name}.");
        Skip.IfNot(File.Exists(Path.Combine(folder!, name)), $"{variable} is '{folder}', which holds no {name}.");
        return Path.Combine(folder!, name);
    }

    public static TheoryData<string, long, long, long, string> Classifiers => new()
    {
        { "cifar10-resnet-2b-adversarial.onnx", 3, 32, 10, "A batch of 1 is baked into the file: it is opened for any number of images." },
        { "cifar10-base-kw.onnx", 3, 32, 10, "A batch of 1 is baked into the file: it is opened for any number of images." },
        { "cifar10-small-tf.onnx", 3, 32, 10, "The file takes images [N, H, W, C]: the network takes [N, C, H, W] and transposes them." },
        { "mnist-convnet-maxpool.onnx", 1, 28, 10, "A batch of 1 is baked into the file: it is opened for any number of images." },
        { "tiny-cnn.onnx", 1, 16, 10, "The final Softmax is taken off: the network gives logits, whose gradients do not vanish where it is sure." },
        { "cifar10-winml.onnx", 3, 32, 10, "" },
        { "custom-vision-cat-dog.onnx", 3, 227, 3, "Scores are taken from 'fc'; not used: classLabel, loss." },
        { "squeezenet-fp16.onnx", 3, 224, 1000, "Its 16-bit floats are computed as 32-bit ones." },
    };

    [SkippableTheory, MemberData(nameof(Classifiers))]
    public void A_classifier_of_others_opens_with_gradients(string name, long channels, long side, long classes, string note) =>
        Opens(Published(name), channels, side, classes, note);

    [SkippableFact]
    public void MobileNetV2_of_TensorFlow_Lite_opens_with_gradients() => Opens(Published("mobilenet_v2_1.0_224.onnx", "MAEP_WEIGHTS"), 3, 224, 1000, "");

    [SkippableFact]
    public void A_file_that_gives_an_accuracy_is_refused_with_the_reason()
    {
        var path = Published("mnist-tf2onnx.onnx");

        var error = Assert.Throws<InvalidDataException>(() => OnnxImporter.Open(path));

        Assert.Equal($"{path}: its output 'accuracy:0' needs 2 inputs (y_:0, x:0); an image classifier has one. Export the part that goes from images to scores.", error.Message);
    }

    private static void Opens(string path, long channels, long side, long classes, string note)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);

        using var network = OnnxImporter.Open(path); // compared with ONNX Runtime inside

        Assert.Equal((channels, side, side, classes), (network.Channels, network.Height, network.Width, network.Classes));
        var images = rand([2, channels, side, side], generator: random).requires_grad_();
        var scores = network.call(images);
        Assert.Equal([2, classes], scores.shape);
        var gradient = autograd.grad([scores[0, 1]], [images])[0];
        Assert.True(gradient[0].abs().max().item<float>() > 0);
        Assert.Equal(0, gradient[1].abs().max().item<float>()); // images do not mix
        if (note.Length > 0)
            Assert.Contains(note, network.Notes);
    }
}
