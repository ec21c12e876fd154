using System.Text.Json;

namespace Maep.Cli.Tests;

/// <summary>Attacks on a folder of images, larger than the purifier.</summary>
public sealed class FolderEvaluationTests : IDisposable
{
    private static readonly string Classifier = Path.Combine(AppContext.BaseDirectory, "models", "classifier-shapes10.onnx");
    private static readonly string Purifier = Path.Combine(AppContext.BaseDirectory, "models", "maep-shapes10.onnx");

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-folder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Images_of_a_folder_are_attacked_and_purified_in_tiles()
    {
        var classes = await Shapes();

        var outcome = await Run("--data", "shapes/images", "--classes", classes, "--size", "50", "--purifier", Purifier, "--tile-overlap", "8", "--attack", "fgsm", "--samples", "6", "--output", "record");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "record.json")));
        Assert.Equal("images", record.RootElement.GetProperty("dataset").GetString());
        Assert.Equal("tiles of 32x32, overlap 8 or more", record.RootElement.GetProperty("purifier").GetProperty("tiles").GetString());
        var result = record.RootElement.GetProperty("result");
        Assert.Equal(6, result.GetProperty("bareClean").GetProperty("total").GetInt32());
        Assert.True(result.GetProperty("bareClean").GetProperty("correct").GetInt32() >= 3); // stretched shapes, but the right labels: chance is 0.6 of 6
    }

    [Fact]
    public async Task A_class_that_the_index_does_not_know_is_named()
    {
        _ = await Shapes();
        File.WriteAllText(Path.Combine(_folder, "other.json"), """{ "0": ["n01440764", "tench"] }""");

        var outcome = await Run("--data", "shapes/images", "--classes", "other.json");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("is not among the 1 classes of other.json", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--size 64", "--size is for a folder of images, and --data shapes10 is none")]
    [InlineData("--classes x.json", "--classes is for a folder of images, and --data shapes10 is none")]
    public async Task Settings_of_folders_do_not_apply_to_named_sets(string settings, string words)
    {
        var outcome = await Run(["--data", "shapes10", .. settings.Split(' ')]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("--purifier jpeg:75", "identity through JPEG (BPDA)")]
    public async Task A_kept_set_says_what_was_differentiated_in_place_of_a_purifier_without_gradients(string purifier, string? standIn)
    {
        var outcome = await CommandLine.Run(_folder, ["attack", "--data", "shapes10", "--classifier", Classifier, "--attack", "fgsm", "--samples", "4", "--output", "kept", .. purifier.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "kept", "manifest.json")));
        Assert.Equal(standIn, manifest.RootElement.TryGetProperty("gradientStandIn", out var value) ? value.GetString() : null);
    }

    private Task<CommandLine.Outcome> Run(params string[] arguments) => CommandLine.Run(_folder, ["evaluate", "--classifier", Classifier, .. arguments]);

    // Shapes as pictures sorted by class, written by an attack of no budget, and the index of the classifier's classes.
    private async Task<string> Shapes()
    {
        var outcome = await CommandLine.Run(_folder, "attack", "--data", "shapes10", "--classifier", Classifier, "--attack", "fgsm", "--epsilon", "0/255", "--samples", "12", "--output", "shapes");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "shapes", "manifest.json")));
        var names = manifest.RootElement.GetProperty("classNames").EnumerateArray().Select(name => name.GetString()!);
        File.WriteAllText(Path.Combine(_folder, "classes.json"), JsonSerializer.Serialize(names.Index().ToDictionary(pair => $"{pair.Index}", pair => new[] { pair.Item, pair.Item })));
        return "classes.json";
    }
}
