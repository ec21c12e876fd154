using Maep.Attacks;
using Maep.Export.Import;
using Maep.Training;
using Maep.Networks.Classifiers;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import;

/// <summary>Our PGD on a classifier that others trained and measured (VNN-COMP 2021): clean 69.25 %, PGD at 2/255 54.82 %, at 1/255 62.24 % of all 10,000 test images.</summary>
[Trait("needs", "weights"), Trait("needs", "data")]
public sealed class PublishedFiguresTests
{
    private const int Images = 1000;
    private const string FileName = "cifar10-resnet-2b-adversarial.onnx";

    // Three standard deviations of a share of 1,000 images.
    private const double Spread = 4.7;

    [SkippableTheory]
    [InlineData(0, 69.25)]
    [InlineData(1, 62.24)]
    [InlineData(2, 54.82)]
    public void Accuracy_under_our_PGD_is_the_published_one(int epsilonOver255, double published)
    {
        using var scope = NewDisposeScope();
        var network = new Normalized(OnnxImporter.Open(RealClassifierTests.Published(FileName)), new PixelNormalization([0.4914f, 0.4822f, 0.4465f], [0.2471f, 0.2435f, 0.2616f]));
        var data = Environment.GetEnvironmentVariable("MAEP_DATA");
        Skip.If(data is null || !CifarReader.HasCifar10(data), $"MAEP_DATA is '{data}', which holds no {CifarReader.Cifar10Folder}.");
        var right = 0L;
        foreach (var (images, labels) in CifarReader.Cifar10Test(data!).Take(Images).Batches(250))
        {
            using var batch = NewDisposeScope();
            var attacked = epsilonOver255 == 0 ? images : new ProjectedGradientDescent(new PgdOptions { Epsilon = epsilonOver255 / 255.0, StepSize = epsilonOver255 / 4.0 / 255, Steps = 20 })
                .Perturb(network, images, labels, new ImageStreams(1, 0, images.shape[0]));
            using var noGradient = no_grad();
            right += network.call(attacked).argmax(1).eq(labels).sum().item<long>();
        }

        Assert.InRange(100.0 * right / Images, published - Spread, published + Spread);
    }

    private sealed class Normalized(nn.Module<Tensor, Tensor> network, PixelNormalization normalization) : nn.Module<Tensor, Tensor>(nameof(Normalized))
    {
        public override Tensor forward(Tensor input) => network.call(normalization.Apply(input));
    }
}
