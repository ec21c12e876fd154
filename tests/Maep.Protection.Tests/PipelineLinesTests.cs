using Maep.Networks.Classifiers;

namespace Maep.Protection.Tests;

public sealed class PipelineLinesTests
{
    private static readonly PixelNormalization Half = new([0.5f, 0.5f, 0.5f], [0.25f, 0.25f, 0.25f]);

    [Fact]
    public void A_classifier_of_ours_gets_pixels_between_0_and_1()
    {
        var lines = PipelineLines.Of(new PipelineClassifier("c.onnx", "maep.image", "maep.logits"), 32, 32, purifierSize: 32);

        Assert.Contains("imageWidth: 32, imageHeight: 32", lines, StringComparison.Ordinal);
        Assert.Contains("ExtractPixels(\"maep.image\", \"Purified\", scaleImage: 0.00392156863f)", lines, StringComparison.Ordinal);
        Assert.Contains("ApplyOnnxModel(\"maep.logits\", \"maep.image\", \"c.onnx\")", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("Tile", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_last_one_normalisation_of_all_colours_and_tiles_are_arguments()
    {
        var lines = PipelineLines.Of(new PipelineClassifier("c.onnx", "x:0", "y:0") { ChannelsLast = true, Normalization = Half }, 200, 300, purifierSize: 32);

        Assert.Contains("imageWidth: 300, imageHeight: 200", lines, StringComparison.Ordinal);
        Assert.Contains("SizeHandling = SizeHandling.Tile", lines, StringComparison.Ordinal);
        Assert.Contains("interleavePixelColors: true, offsetImage: 127.5f, scaleImage: 0.0156862745f", lines, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "[i / 4]")]
    [InlineData(true, "[i % 3]")]
    public void A_normalisation_of_each_colour_is_a_mapping(bool channelsLast, string index)
    {
        var lines = PipelineLines.Of(new PipelineClassifier("c.onnx", "x", "y") { ChannelsLast = channelsLast, Normalization = PixelNormalization.ImageNet }, 2, 2, purifierSize: 2);

        Assert.Contains($"value - new[] {{ 0.485f, 0.456f, 0.406f }}{index}", lines, StringComparison.Ordinal);
        Assert.Contains("CopyColumns(\"x\", \"Values\")", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void Blue_first_is_an_order_and_bytes_are_not_scaled()
    {
        var lines = PipelineLines.Of(new PipelineClassifier("c.onnx", "x", "y") { BlueFirst = true, TakesBytes = true }, 32, 32, purifierSize: 32);

        Assert.Contains("ExtractPixels(\"x\", \"Purified\", orderOfExtraction: ImagePixelExtractingEstimator.ColorsOrder.ABGR, outputAsFloatArray: false)", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void A_grey_classifier_gets_the_luma()
    {
        var lines = PipelineLines.Of(new PipelineClassifier("c.onnx", "x", "y") { IsGrey = true }, 28, 28, purifierSize: 28);

        Assert.Contains("0.114f * from.Pixels[1568 + i]", lines, StringComparison.Ordinal);
        Assert.Contains("[VectorType(784)] public float[] Values", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_PyTorch_are_exported_first() =>
        Assert.Contains("maep export --weights c.pt --output c.onnx", PipelineLines.Of(new PipelineClassifier("c.pt", "maep.image", "maep.logits"), 32, 32, 32), StringComparison.Ordinal);
}
