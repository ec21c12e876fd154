using System.Text.Json;
using Maep.Evaluation;
using Maep.Images;

namespace Maep.Cli.Tests;

/// <summary>Where records go when others are there already.</summary>
public sealed class RecordPlaceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maep-place-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Two_models_of_one_file_name_have_records_of_their_own_and_no_record_goes_without_a_word()
    {
        foreach (var (folder, model) in new[] { ("a", "classifier-shapes10.onnx"), ("b", "classifier-cifar10.onnx") })
        {
            Directory.CreateDirectory(Path.Combine(_folder, folder));
            File.Copy(Path.Combine(AppContext.BaseDirectory, "models", model), Path.Combine(_folder, folder, "model.onnx"));
        }

        CommandLine.Outcome[] outcomes = [await Evaluate("a"), await Evaluate("b"), await Evaluate("a"), await Evaluate("b"), await Evaluate("a", "--epsilon", "4/255")];

        Assert.All(outcomes, outcome => Assert.True(outcome.ExitCode == 0, outcome.Error));
        string[] records = [.. Directory.GetFiles(Path.Combine(_folder, "runs", "evaluation"), "*.json").Order(StringComparer.Ordinal)];
        Assert.Equal(2, records.Length);
        Assert.Equal(Path.Combine(_folder, "runs", "evaluation", "bare-model-fgsm.json"), records[1]);
        Assert.Equal(2, records.Select(path => JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("classifier").GetProperty("sha256").GetString()).Distinct().Count());
        Assert.Contains($"record in {Path.GetRelativePath(_folder, records[0])[..^5]}.json", outcomes[3].Output, StringComparison.Ordinal);
        Assert.All(outcomes[..4], outcome => Assert.DoesNotContain("replace", outcome.Error, StringComparison.Ordinal));
        Assert.Contains("bare-model-fgsm.json is there already, the record of `maep evaluate --data shapes10", outcomes[4].Error, StringComparison.Ordinal);

        Task<CommandLine.Outcome> Evaluate(string folder, params string[] more) =>
            CommandLine.Run(_folder, ["evaluate", "--data", "shapes10", "--classifier", $"{folder}/model.onnx", "--attack", "fgsm", "--samples", "2", "--threads", "1", .. more]);
    }

    [Fact]
    public void A_state_of_another_model_keeps_the_default_place_and_one_of_the_same_model_is_gone_on_from()
    {
        var (one, other) = (new ModelReference("model.onnx", new string('1', 64)), new ModelReference("model.onnx", new string('2', 64)));
        var name = $"place-test-{Guid.NewGuid():N}";
        var state = Path.Combine("runs", "evaluation", name + ".state.json");
        AtomicFile.WriteText(state, JsonSerializer.Serialize(new { run = $"fgsm, seed 0, classifier {one.Digest}, purifier none", found = 1 }));

        Assert.Equal(Path.Combine("runs", "evaluation", name), new RecordPlace("maep evaluate", one).Choose(null, "evaluation", name));
        Assert.Matches($"{name}-[0-9a-f]{{8}}$", new RecordPlace("maep evaluate", other).Choose(null, "evaluation", name));
        File.Delete(state);
    }

    [Fact]
    public void A_long_default_name_is_shortened_so_that_its_files_and_its_state_have_room()
    {
        var place = new RecordPlace("maep evaluate", new ModelReference("model.onnx", new string('1', 64))).Choose(null, "evaluation", new string('n', 300));

        Assert.InRange(Path.GetFileName(place).Length, 200, 255 - "-12345678.state.json".Length);
    }

    [Fact]
    public void A_name_that_leaves_no_room_for_the_extension_is_refused_before_the_run()
    {
        var place = new RecordPlace("maep evaluate", new ModelReference("model.onnx", new string('1', 64)));

        var tooLong = Assert.Throws<IOException>(() => place.Choose(Path.Combine(_folder, new string('n', 251)), "evaluation", "x"));
        Directory.CreateDirectory(Path.Combine(_folder, "record.json"));
        var folder = Assert.Throws<IOException>(() => place.Choose(Path.Combine(_folder, "record"), "evaluation", "x"));

        Assert.Contains("its name has 256 bytes, and at most 255 are allowed", tooLong.Message, StringComparison.Ordinal);
        Assert.Contains("record.json' is a folder; name a file", folder.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_record_is_not_overwritten_without_a_word_either()
    {
        File.WriteAllText(Path.Combine(_folder, "README.md"), "mine");

        var outcome = await CommandLine.Run(_folder, "evaluate", "--data", "shapes10", "--classifier", Path.Combine(AppContext.BaseDirectory, "models", "classifier-shapes10.onnx"),
            "--attack", "fgsm", "--samples", "2", "--threads", "1", "--output", "README");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("README.md is there already, no record of a measurement, and this run will replace it", outcome.Error, StringComparison.Ordinal);
    }
}
