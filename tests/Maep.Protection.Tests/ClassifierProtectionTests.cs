using System.Text.Json;
using Maep.Export;
using Maep.Networks.Classifiers;
using Maep.Networks.Purifiers;
using Maep.Training;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Protection.Tests;

public sealed class ClassifierProtectionTests : IDisposable
{
    private static readonly ProtectionOptions OneMinute = new() { Minutes = 1 };
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(400);

    private readonly string _classifier = Path.Combine(AppContext.BaseDirectory, "models", "classifier-shapes10.onnx");
    private readonly TemporaryFolder _folder = new();
    private readonly ImageSplit _images = ImageSplit.Of(Shapes10.Generate(48, seed: 3), seed: 1);
    private readonly string _start;

    public ClassifierProtectionTests()
    {
        _start = _folder.File("tiny.onnx");
        var network = new MaskedAutoencoder(new MaskedAutoencoderOptions { PatchSize = 4, EncoderWidth = 16, EncoderDepth = 0, DecoderWidth = 16, DecoderDepth = 0, Residual = true, StemWidth = 4, StemBlocks = 0, TailBlocks = 0 });
        network.eval();
        OnnxExporter.Export(network, new ModelFacts { Name = "tiny", TrainingSet = "none", RecipeHash = "none", Recipe = "{}" }, _start);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_ends_with_a_purifier_a_card_a_record_and_a_page()
    {
        var protection = Begin(OneMinute);

        var report = protection.Protect("maep protect", null, _ => { }, default);
        protection.Finish();

        Assert.InRange(report.Training.Steps, 10, 150); // of 0.4 seconds each
        Assert.InRange(report.Training.Minutes, 0.1, 1);
        Assert.Equal(_images.Test.Count, report.TestImages);
        Assert.Equal(["protection.html", "protection.json", "protection.md", "purifier.onnx"], Directory.GetFileSystemEntries(_folder.Path("out")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        var record = JsonDocument.Parse(File.ReadAllText(_folder.Path("out", "protection.json"))).RootElement;
        Assert.Equal(report.Measurement.Result.WorstNonAdaptive!.Value.Correct, record.GetProperty("worstNonAdaptive").GetProperty("correct").GetInt64());
        Assert.Equal(report.Training.Steps, record.GetProperty("protection").GetProperty("training").GetProperty("steps").GetInt64());
        Assert.Contains("too few for a figure", File.ReadAllText(_folder.Path("out", "protection.md")), StringComparison.Ordinal); // 12 images
        Assert.Contains("ApplyOnnxModel(&quot;maep.logits&quot;", File.ReadAllText(_folder.Path("out", "protection.html")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adversarial pairs")]
    [InlineData("training")]
    [InlineData("measuring")]
    public void A_run_that_was_stopped_goes_on_and_spends_no_more_minutes(string phase)
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Begin(OneMinute).Protect("maep protect", null, point =>
        {
            if (point.Phase == phase)
                source.Cancel();
        }, source.Token));
        Assert.False(File.Exists(_folder.Path("out", "protection.json")));

        var phases = new List<string>();
        var report = Begin(OneMinute).Protect("maep protect", null, point => phases.Add(point.Phase), default);

        Assert.DoesNotContain(phases, known => phase == "measuring" && known != phase);
        Assert.True(File.Exists(_folder.Path("out", "protection.json")));
        Assert.InRange(report.Minutes, 0.5, 4); // every look at the clock takes time here
    }

    [Fact]
    public void Too_few_minutes_are_refused_before_the_work()
    {
        var fault = Assert.Throws<ArgumentException>(() => Begin(new ProtectionOptions { Minutes = 0.001 }).Protect("maep protect", null, _ => { }, default));

        Assert.Contains("0.001 minutes are too few", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_folder_of_another_protection_is_refused()
    {
        Assert.Throws<OperationCanceledException>(() => Begin(OneMinute).Protect("maep protect", null, _ => throw new OperationCanceledException(), default));

        var fault = Assert.Throws<InvalidDataException>(() => Begin(OneMinute with { Seed = 2 }).Protect("maep protect", null, _ => { }, default));

        Assert.Contains("belongs to another", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_whose_classes_are_numbered_otherwise_is_refused()
    {
        int[] rotated = [.. _images.Validation.Labels.ToArray().Select(label => (label + 1) % 10)];
        var images = new LabelledImages("rotated", image => _images.Validation.Image(image).ToArray(), rotated, 32, 32, _images.Validation.ClassNames);

        var fault = Assert.Throws<InvalidDataException>(() => ProtectedClassifier.Look(_classifier, ModelFile.Open(_classifier), new ClassifierForm(), _images with { Validation = images }));

        Assert.Contains("no better than always saying the most frequent class", fault.Message, StringComparison.Ordinal);
    }

    private ClassifierProtection Begin(ProtectionOptions options) => new(
        ProtectedClassifier.Look(_classifier, ModelFile.Open(_classifier), new ClassifierForm(), _images), _images, _start, _folder.Path("out"), options, new SteppingClock(Tick));
}
