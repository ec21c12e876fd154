using System.Text.Json;

namespace Maep.Cli.Tests;

/// <summary>Attacks on classifiers that answer and are not differentiated.</summary>
public sealed class QueryEvaluationTests : IDisposable
{
    private const int Samples = 2; // each may take the 5,000 queries of the paper

    private static readonly string Classifier = Path.Combine(AppContext.BaseDirectory, "models", "classifier-shapes10.onnx");

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-query-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--pipeline", "clean", "attacked, query")]
    [InlineData("--classifier", "bare classifier, clean", "bare classifier, attacked")]
    public async Task A_file_is_attacked_by_its_answers_as_its_network_is_by_name(string option, string clean, string attacked)
    {
        var outcome = await CommandLine.Run(_folder, "evaluate", "--data", "shapes10", option, Classifier, "--attack", "square", "--samples", $"{Samples}", "--threads", "1", "--output", "record");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "record.json")));
        Assert.Equal(Samples, record.RootElement.GetProperty("result").GetProperty("bareClean").GetProperty("correct").GetInt32());
        Assert.True(record.RootElement.GetProperty("result").GetProperty("bareRobust").GetProperty("correct").GetInt32() < Samples);
        var page = File.ReadAllText(Path.Combine(_folder, "record.md"));
        Assert.Contains($"| {clean} |", page, StringComparison.Ordinal);
        Assert.Contains($"| {attacked} |", page, StringComparison.Ordinal);
        Assert.Equal(option == "--pipeline", page.Contains("The attacker sees its answers and no gradient.", StringComparison.Ordinal));
        Assert.False(record.RootElement.TryGetProperty("notes", out _)); // logits of the right classes
        Assert.False(File.Exists(Path.Combine(_folder, "record.state.json")));
    }

    [Fact]
    public async Task A_classifier_of_other_classes_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "images", "a"));
        File.WriteAllBytes(Path.Combine(_folder, "images", "a", "1.png"), Maep.Images.ImageFile.Png(new Maep.Images.RgbImage(new byte[3 * 8 * 8], 8, 8)));

        var outcome = await CommandLine.Run(_folder, "evaluate", "--data", "images", "--size", "32", "--classifier", Classifier, "--attack", "fgsm");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("10 scores, but images has 1 classes", outcome.Error, StringComparison.Ordinal);
    }
}
