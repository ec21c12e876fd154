using System.Text.Json;
using Maep.Images;
using Maep.Training.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Maep.Cli.Tests;

/// <summary>Saved pipelines with components that are in no assembly of ML.NET's own package.</summary>
public sealed class PipelineComponentTests : IDisposable
{
    private static readonly string ThisAssembly = Path.Combine(AppContext.BaseDirectory, "Maep.Cli.Tests.dll");

    private static readonly string[] Attacking = "evaluate --data shapes10 --pipeline x.zip --attack rays --epsilon 0.9 --samples 10 --threads 1 --output record".Split(' ');

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-components-").FullName;
    private readonly MLContext _context = new(seed: 1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("LightGbm")]
    [InlineData("FastTree")]
    public async Task Pipelines_of_the_common_trainers_are_attacked_and_their_probabilities_are_said(string trainer)
    {
        var shapes = Shapes10.Generate(100, seed: 1);
        var data = _context.Data.LoadFromEnumerable(Enumerable.Range(0, shapes.Count).Select(index => new PixelRow { Pixels = Pixels(shapes, index), Label = shapes.ClassNames[shapes.Labels[index]] }));
        var trainers = _context.MulticlassClassification.Trainers;
        IEstimator<ITransformer> training = trainer == "LightGbm" ? trainers.LightGbm("Label", "Pixels", numberOfLeaves: 5, minimumExampleCountPerLeaf: 2, numberOfIterations: 3)
            : trainers.OneVersusAll(_context.BinaryClassification.Trainers.FastTree("Label", "Pixels", numberOfLeaves: 5, numberOfTrees: 3, minimumExampleCountPerLeaf: 2));
        Save(_context.Transforms.Conversion.MapValueToKey("Label").Append(training), data);

        var outcome = await Attack();

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "record.json")));
        Assert.Equal(10, record.RootElement.GetProperty("result").GetProperty("bareClean").GetProperty("total").GetInt32());
        Assert.StartsWith("The scores are probabilities", record.RootElement.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains("The scores are probabilities", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("The scores are probabilities", File.ReadAllText(Path.Combine(_folder, "record.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_that_is_not_here_is_named_and_its_assembly_may_be_given()
    {
        Save(_context.Transforms.CustomMapping(new BrightOrNot().GetMapping(), BrightOrNot.Contract), _context.Data.LoadFromEnumerable<PixelRow>([]));

        // A process of its own: this one has the component.
        var missing = await CommandLine.RunProcess(_folder, Attacking);
        var given = await CommandLine.RunProcess(_folder, [.. Attacking, "--assembly", ThisAssembly]);

        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("x.zip: the pipeline has a component of the assembly 'Maep.Cli.Tests', which is not here; give the assembly (.dll) that has it with --assembly FILE.dll", missing.Error, StringComparison.Ordinal);
        Assert.True(given.ExitCode == 0, given.Error);
        // It takes nearly every image for class 0: one of ten is right.
        Assert.Contains("is no more than chance (10.0 %)", given.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assembly_that_is_missing_or_none_is_an_error()
    {
        File.WriteAllText(Path.Combine(_folder, "x.zip"), "not asked for");
        File.WriteAllText(Path.Combine(_folder, "text.dll"), "no assembly");

        var missing = await Attack("--assembly", "none.dll");
        var text = await Attack("--assembly", ThisAssembly, "--assembly", "text.dll");
        var onnx = await CommandLine.Run(_folder, "evaluate", "--data", "shapes10", "--pipeline", "y.onnx", "--attack", "rays", "--assembly", "none.dll");

        Assert.All([missing, text, onnx], outcome => Assert.Equal(1, outcome.ExitCode));
        Assert.Contains("--assembly none.dll: no such file", missing.Error, StringComparison.Ordinal);
        Assert.Contains("--assembly text.dll: no .NET assembly that can be loaded", text.Error, StringComparison.Ordinal);
        Assert.Contains("--assembly none.dll is for a pipeline (.zip)", onnx.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipelines_of_paths_get_the_images_of_a_folder_in_the_size_they_have()
    {
        var classifier = Path.Combine(AppContext.BaseDirectory, "models", "classifier-shapes10.onnx");
        var shapes = Shapes10.Generate(20, seed: 2);
        for (var index = 0; index < shapes.Count; index++)
        {
            var path = Directory.CreateDirectory(Path.Combine(_folder, "images", "fog", "1", $"n{shapes.Labels[index]}")).FullName;
            File.WriteAllBytes(Path.Combine(path, $"{index}.png"), ImageFile.Png(new RgbImage(shapes.Image(index).ToArray(), 32, 32)));
        }
        File.WriteAllText(Path.Combine(_folder, "classes.json"), $"{{ {string.Join(", ", shapes.ClassNames.Select((name, label) => $"\"{label}\": [\"n{label}\", \"{name}\"]"))} }}");
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(classifier);
        var (input, output) = (session.InputMetadata.Keys.Single(), session.OutputMetadata.Keys.Single());
        Save(_context.Transforms.LoadImages("Image", "", "File").Append(_context.Transforms.ResizeImages("Image", 32, 32))
            .Append(_context.Transforms.ExtractPixels(input, "Image", scaleImage: 1 / 255f)).Append(_context.Transforms.ApplyOnnxModel(output, input, classifier)), _context.Data.LoadFromEnumerable<FileRow>([]));
        string[] command = ["evaluate", "--imagenet-c", "images", "--classes", "classes.json", "--pipeline", "x.zip", "--threads", "1", "--output", "run"];

        var own = await CommandLine.Run(_folder, command);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "run.json")));
        var asked = await CommandLine.Run(_folder, [.. command, "--image-fit", "resize", "--size", "40"]);
        using var resized = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "run.json")));

        Assert.True(own.ExitCode == 0, own.Error);
        Assert.Equal("32x32", record.RootElement.GetProperty("imageSize").GetString());
        Assert.InRange(record.RootElement.GetProperty("cells")[0].GetProperty("bare").GetProperty("correct").GetInt32(), 18, 20);
        Assert.True(asked.ExitCode == 0, asked.Error);
        Assert.Equal("40x40", resized.RootElement.GetProperty("imageSize").GetString());
    }

    private Task<CommandLine.Outcome> Attack(params string[] more) =>
        CommandLine.Run(_folder, [.. Attacking, .. more]);

    private void Save(IEstimator<ITransformer> pipeline, IDataView data) => _context.Model.Save(pipeline.Fit(data), data.Schema, Path.Combine(_folder, "x.zip"));

    private static float[] Pixels(LabelledImages images, int index) => Array.ConvertAll(images.Image(index).ToArray(), value => value / 255f);

    private sealed class FileRow
    {
        public string File { get; set; } = "";
    }

    /// <summary>Pixels and their class.</summary>
    public sealed class PixelRow
    {
        [VectorType(3, Shapes10.ImageSize, Shapes10.ImageSize)]
        public float[] Pixels { get; set; } = [];

        public string Label { get; set; } = "";
    }

    /// <summary>Scores of ten classes.</summary>
    public sealed class ScoreRow
    {
        [VectorType(10)]
        public float[] Score { get; set; } = [];
    }

    /// <summary>Class 1 for white images, class 0 for others.</summary>
    [CustomMappingFactoryAttribute(Contract)]
    public sealed class BrightOrNot : CustomMappingFactory<PixelRow, ScoreRow>
    {
        public const string Contract = "bright or not";

        public override Action<PixelRow, ScoreRow> GetMapping() => (pixels, scores) => scores.Score = [0.9f, pixels.Pixels.Average(), .. new float[8]];
    }
}
