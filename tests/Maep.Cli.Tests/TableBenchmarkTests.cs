using System.Text.Json;
using Maep.Evaluation.Comparison;

namespace Maep.Cli.Tests;

public sealed class TableBenchmarkTests : IDisposable
{
    private static readonly string Classifier = Path.Combine(AppContext.BaseDirectory, "models", "classifier-shapes10.onnx");

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-bench-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_trained_is_measured_and_the_rest_named_with_the_command_that_trains_it()
    {
        foreach (var ratio in new[] { "0", "0.25", "0.5", "0.75" })
            WriteRecipe(ratio, steps: ratio == "0.25" ? 4 : 2);
        var untrained = await Benchmark();
        await Train("0");
        await Train("0.25");

        var outcome = await Benchmark();

        Assert.Equal(1, untrained.ExitCode);
        Assert.Contains("None of the 4 purifiers is trained", untrained.Error, StringComparison.Ordinal);
        Assert.Contains("tiny-0.5: not begun, 2 steps (how long they take it says as soon as it has begun); `maep train purifier --recipe recipes/masking/0.5.json --output runs/tiny-0.5`", outcome.Error, StringComparison.Ordinal);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "runs", "benchmark", "masking.json")));
        Assert.Equal(["masking ratio 0", "masking ratio 0.25"], record.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("title").GetString()!));
        Assert.Equal([2, 4], record.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("steps").GetInt32()));
        Assert.Equal(2, record.RootElement.GetProperty("missing").GetArrayLength());
        Assert.Contains("- not measured: tiny-0.75", File.ReadAllText(Path.Combine(_folder, "runs", "benchmark", "masking.md")), StringComparison.Ordinal);

        WriteRecipe("0.25", steps: 5); // asked to train for longer: the run is of another recipe now
        var other = await Benchmark();

        Assert.True(other.ExitCode == 0, other.Error);
        Assert.Contains("tiny-0.25: runs/tiny-0.25 holds the run of another recipe; move it away", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_file_of_a_whole_run_stands_in_for_the_run()
    {
        foreach (var ratio in new[] { "0", "0.25", "0.5", "0.75" })
            WriteRecipe(ratio, steps: 2);
        foreach (var ratio in new[] { "0", "0.25", "0.5" })
        {
            await Train(ratio);
            var export = await CommandLine.Run(_folder, "export", "--weights", $"runs/tiny-{ratio}/weights.safetensors", "--output", $"models/tables/tiny-{ratio}.onnx");
            Assert.True(export.ExitCode == 0, export.Error);
        }
        Directory.Delete(Path.Combine(_folder, "runs"), recursive: true);
        WriteRecipe("0.25", steps: 3); // the file is of fewer steps, and of another recipe
        File.Copy(Path.Combine(_folder, "models", "tables", "tiny-0.onnx"), Path.Combine(_folder, "models", "tables", "tiny-0.5.onnx"), overwrite: true);

        var outcome = await Benchmark();

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "runs", "benchmark", "masking.json")));
        var row = Assert.Single(record.RootElement.GetProperty("rows").EnumerateArray());
        Assert.Equal("tiny-0.onnx", row.GetProperty("purifier").GetProperty("file").GetString());
        Assert.Equal(2, row.GetProperty("steps").GetInt32());
    }

    [Fact]
    public async Task Missing_purifiers_are_trained_on_demand_and_the_table_goes_into_its_page()
    {
        foreach (var ratio in new[] { "0", "0.25", "0.5", "0.75" })
            WriteRecipe(ratio, steps: 2);
        var page = Path.Combine(_folder, "page.md");
        File.WriteAllText(page, "Above.\n<!-- record: masking -->\n<!-- end of record -->\nBelow.\n");

        var outcome = await Benchmark("--train", "--weights", Path.GetDirectoryName(Classifier)!, "--seeds", "2", "--page", page);
        var without = await Benchmark("--page", page, "--output", "runs/benchmark/other");
        var never = await Benchmark("--seeds", "0", "--adaptive-samples", "-1");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "runs", "benchmark", "masking.json")));
        Assert.All(record.RootElement.GetProperty("rows").EnumerateArray(), row => Assert.Equal(2, row.GetProperty("results").GetArrayLength()));
        Assert.Equal(4, record.RootElement.GetProperty("rows").GetArrayLength());
        Assert.Equal($"Above.\n<!-- record: masking -->\n{File.ReadAllText(Path.Combine(_folder, "runs", "benchmark", "masking.md"))}<!-- end of record -->\nBelow.\n", File.ReadAllText(page));
        Assert.Equal(1, without.ExitCode); // at once, not after the measurement
        Assert.Equal(2, never.ExitCode);
        Assert.Contains("--seeds 0 must be at least 1", never.Error, StringComparison.Ordinal);
        Assert.Contains("--adaptive-samples -1 must be 0", never.Error, StringComparison.Ordinal);
        Assert.Contains("has no place of its own for the record", without.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_table_of_the_documentation_is_the_one_of_its_record()
    {
        var page = Path.Combine(Repository.Root, "docs", "benchmarks.md");
        var names = File.ReadLines(page).Where(line => line.StartsWith("<!-- record: ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "results", $"{name}.md")).Trim('\n'), RecordPage.Open(page, name).Text));
    }

    private void WriteRecipe(string ratio, int steps)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "recipes", "masking"));
        File.WriteAllText(Path.Combine(_folder, "recipes", "masking", $"{ratio}.json"), $$"""
            { "name": "tiny-{{ratio}}", "data": "shapes10", "maskingRatio": {{ratio}}, "batchSize": 4,
              "network": { "encoderWidth": 8, "encoderDepth": 1, "encoderHeads": 1, "decoderWidth": 8, "decoderDepth": 1, "decoderHeads": 1, "residual": true },
              "pairs": { "images": 8, "batchSize": 8, "classifiers": [ { "path": "classifier-shapes10.onnx" } ], "attacks": [ { "kind": "fgsm" } ] },
              "training": { "steps": {{steps}}, "warmUpSteps": 1 } }
            """);
    }

    private async Task Train(string ratio)
    {
        var outcome = await CommandLine.Run(_folder, "train", "purifier", "--recipe", $"recipes/masking/{ratio}.json", "--weights", Path.GetDirectoryName(Classifier)!, "--threads", "1");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    private Task<CommandLine.Outcome> Benchmark(params string[] more) =>
        CommandLine.Run(_folder, ["benchmark", "masking", "--data", "shapes10", "--classifier", Classifier, "--attack", "fgsm", "--samples", "10", "--threads", "1", .. more.Contains("--adaptive-samples") ? [] : (string[])["--adaptive-samples", "5"], .. more]);
}
