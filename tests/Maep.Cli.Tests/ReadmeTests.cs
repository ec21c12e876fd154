using Maep.Training.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Cli.Tests;

public sealed class ReadmeTests
{
    [Theory]
    [InlineData("README.md", "tests/Maep.Cli.Tests/ReadmeTests.cs")]
    [InlineData("src/Maep.Transforms/README.md", "eng/package-test/Program.cs")]
    public void The_sample_of_a_readme_is_code_that_runs(string readmePath, string sourcePath)
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, readmePath));
        var source = File.ReadAllText(Path.Combine(Repository.Root, sourcePath));

        var start = source.IndexOf("// README\n", StringComparison.Ordinal) + "// README\n".Length;
        var lines = source[start..source.IndexOf("// END\n", start, StringComparison.Ordinal)].TrimEnd().Split('\n');
        var indent = lines[0].Length - lines[0].TrimStart().Length;
        var sample = string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : ""));

        Assert.Contains(sample, readme, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_of_the_readme_purifies_and_survives_saving()
    {
        var models = Path.Combine(AppContext.BaseDirectory, "models");
        var (purifier, classifier) = (Path.Combine(models, "maep-shapes10.onnx"), Path.Combine(models, "classifier-shapes10.onnx"));
        var shapes = Shapes10.Generate(40, seed: 2);
        using var folder = new TemporaryFolder();
        var zip = folder.File("model.zip");
        var rows = PixelRow.Of(shapes);

        // README
        var mlContext = new MLContext();
        IDataView images = mlContext.Data.LoadFromEnumerable(rows);                 // float[3 * 32 * 32], planar RGB in [0, 1]

        var pipeline = mlContext.Transforms.PurifyAdversarial("Purified", "Pixels", purifier)
            .Append(mlContext.Transforms.CopyColumns("maep.image", "Purified"))
            .Append(mlContext.Transforms.ApplyOnnxModel("maep.logits", "maep.image", classifier));
        var model = pipeline.Fit(images);
        mlContext.Model.Save(model, images.Schema, zip);                            // stock ML.NET parts only

        var logits = mlContext.Model.Load(zip, out _).Transform(images).GetColumn<float[]>("maep.logits");
        // END

        var predicted = logits.Select(values => Array.IndexOf(values, values.Max())).ToArray();
        var correct = predicted.Zip(shapes.Labels.ToArray()).Count(pair => pair.First == pair.Second);
        Assert.True(correct >= 36, $"{correct} of 40 clean shapes are classified correctly behind the purifier");
    }
}
