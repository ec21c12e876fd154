using System.Diagnostics;
using System.Text.Json;

namespace Maep.Cli.Tests;

public sealed class CommandLineTests : IDisposable
{
    private static readonly string Classifier = Path.Combine(AppContext.BaseDirectory, "models", "classifier-shapes10.onnx");
    private static readonly string Purifier = Path.Combine(AppContext.BaseDirectory, "models", "maep-shapes10.onnx");

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-cli-").FullName;

    [Theory]
    [InlineData("evaluate --classifier x.onnx --epsilon 8", "Did you mean 8/255?")]
    [InlineData("evaluate --classifier x.onnx --step-size 2", "Did you mean 2/255?")]
    [InlineData("evaluate --classifier x.onnx --epsilon -1/255", "'-1/255' must be 0 or more")]
    [InlineData("evaluate --classifier x.onnx --attack fgsm --steps 100", "--steps does not apply to fgsm")]
    [InlineData("evaluate --classifier x.onnx --attack bim --restarts 2", "--restarts does not apply to bim")]
    [InlineData("evaluate --classifier x.onnx --protocol paper --norm L2", "--norm does not apply to --protocol")]
    [InlineData("evaluate --classifier x.onnx --protocol paper --transfer y.onnx", "--transfer is for --protocol trust")]
    [InlineData("evaluate --classifier x.onnx --threads 0", "--threads 0 must be at least 1")]
    [InlineData("evaluate --pipeline x.zip", "attack it with --attack square or rays")]
    [InlineData("evaluate --pipeline x.zip --attack pgd", "attack it with --attack square or rays")]
    [InlineData("evaluate --pipeline x.zip --attack rays --purifier y.onnx", "--purifier does not apply to --pipeline, which is attacked as a whole")]
    [InlineData("evaluate --pipeline x.zip --attack rays --severities 1", "--severities needs --imagenet-c or --cifar-c or --colored")]
    [InlineData("evaluate --pipeline x.zip --attack rays --bgr", "--bgr does not apply to --pipeline, which is attacked as a whole")]
    [InlineData("evaluate --classifier x.onnx --epsilon eight", "'eight' is not a number")]
    [InlineData("evaluate --classifier x.onnx --samples 0", "--samples 0 must be at least 1")]
    [InlineData("evaluate", "--classifier")]
    [InlineData("evaluate --classifier x.onnx --attack magic", "magic")]
    [InlineData("evaluate --classifier x.onnx --attack autoattack --steps 20", "--steps does not apply to autoattack")]
    [InlineData("evaluate --classifier x.onnx --norm L2", "--norm L2 needs --epsilon")]
    [InlineData("purify", "purify")]
    [InlineData("export --output x.onnx", "Give either --weights or --purifier.")]
    [InlineData("export --output x.onnx --purifier tv --weights y", "Give either --weights or --purifier.")]
    [InlineData("export --output x.onnx --purifier tv --cascade 2", "--cascade does not apply to --purifier")]
    [InlineData("export --output x.onnx --purifier tv --architecture wrn-28-10", "--architecture does not apply to --purifier")]
    [InlineData("export --output x.onnx --purifier tv --bgr", "--bgr does not apply to --purifier")]
    [InlineData("train purifier --recipe x.json --probe-every 0", "--probe-every 0 must be at least 1")]
    [InlineData("protect --data shapes10", "Required argument missing")]
    [InlineData("protect x.onnx --data shapes10 --epsilon 8", "Did you mean 8/255?")]
    [InlineData("protect x.onnx --data shapes10 --epsilon 0", "--epsilon 0 must be above 0")]
    [InlineData("protect x.onnx --data shapes10 --minutes 0", "--minutes 0 must be above 0")]
    [InlineData("protect x.onnx --data shapes10 --size 4", "--size 4 must be at least 8")]
    [InlineData("data imagenet", "imagenet")]
    public async Task A_command_line_that_makes_no_sense_exits_2_and_says_why(string line, string words)
    {
        var outcome = await CommandLine.Run(_folder, line.Split(' '));

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evaluate --data shapes10 --classifier missing.onnx", "'missing.onnx' does not exist")]
    [InlineData("evaluate --data shapes10 --classifier truncated.onnx", "truncated.onnx")]
    [InlineData("evaluate --data shapes10 --classifier foreign.onnx", "maep export")]
    [InlineData("evaluate --data cifar10 --classifier foreign.onnx --data-root empty", "maep data cifar10 --to empty")]
    [InlineData("evaluate --data mnist --classifier foreign.onnx", "'mnist' is not known")]
    [InlineData("evaluate --data shapes10 --classifier foreign.onnx --purifier jpeg:high", "the quality 'high' is not a number")]
    [InlineData("protect missing.onnx --data shapes10", "'missing.onnx' does not exist")]
    [InlineData("protect truncated.onnx --data shapes10", "truncated.onnx")]
    [InlineData("protect whole.onnx --data nowhere", "nowhere")]
    [InlineData("protect whole.onnx --data shapes10 --size 64", "--size and --classes are for a folder of images")]
    [InlineData("protect whole.onnx --data shapes10 --start whole.onnx", "whole.onnx: no masked autoencoder")]
    [InlineData("train purifier --recipe missing.json", "missing.json")]
    [InlineData("train purifier --recipe odd.json", "learningSpeed")]
    [InlineData("train purifier --recipe later.json", "'earlier/weights.safetensors', which the recipe starts from")]
    [InlineData("train purifier --recipe guided.json", "'nowhere.onnx', a classifier that the recipe or --probe names, is neither there nor in 'weights'")]
    [InlineData("train classifier --recipe hundred.json", "a network of 100 classes, but shapes10 has 10; set its classes to that")]
    [InlineData("train classifier --recipe none.json", "BatchSize 0 must be at least 1")]
    [InlineData("export --weights missing.safetensors --output x.onnx", "missing.safetensors")]
    [InlineData("export --purifier jpeg --output x.onnx", "'jpeg:75' cannot be written as ONNX")]
    [InlineData("export --purifier blur --output x.onnx", "There is no purifier 'blur'")]
    public async Task Work_that_cannot_be_done_exits_1_with_one_line_and_leaves_nothing_behind(string line, string words)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        File.WriteAllBytes(Path.Combine(_folder, "truncated.onnx"), File.ReadAllBytes(Classifier)[..5000]);
        File.Copy(Classifier, Path.Combine(_folder, "whole.onnx"));
        File.WriteAllBytes(Path.Combine(_folder, "foreign.onnx"), []);
        File.WriteAllText(Path.Combine(_folder, "odd.json"), """{ "learningSpeed": 3 }""");
        File.WriteAllText(Path.Combine(_folder, "later.json"), """{ "name": "later", "data": "shapes10", "start": "earlier/weights.safetensors" }""");
        File.WriteAllText(Path.Combine(_folder, "guided.json"), """{ "name": "guided", "data": "shapes10", "maskingRatio": 0, "guidance": { "weight": 0.1, "classifiers": ["nowhere.onnx"] } }""");
        File.WriteAllText(Path.Combine(_folder, "hundred.json"), """{ "name": "hundred", "data": "shapes10", "network": { "classes": 100 } }""");
        File.WriteAllText(Path.Combine(_folder, "none.json"), """{ "name": "none", "data": "shapes10", "batchSize": 0 }""");

        var outcome = await CommandLine.Run(_folder, line.Split(' '));

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(Path.Combine(_folder, "runs", "evaluation")) || Directory.Exists(Path.Combine(_folder, "runs", "protect")));
    }

    [Theory]
    [InlineData("export --purifier median --output median.onnx", 0)]
    [InlineData("export --purifier blur --output x.onnx", 1)]
    [InlineData("purify", 2)]
    public async Task The_process_ends_with_the_exit_code_of_the_command_and_with_its_streams(string line, int exitCode)
    {
        var (inside, process) = (await CommandLine.Run(_folder, line.Split(' ')), await CommandLine.RunProcess(_folder, line.Split(' ')));

        Assert.Equal(exitCode, process.ExitCode);
        Assert.Equal(inside, process);
        Assert.Equal(exitCode == 0, process.Error.Length == 0);
    }

    [Fact]
    public async Task Evaluate_writes_a_record_with_both_kinds_of_robustness()
    {
        var outcome = await CommandLine.Run(_folder, "evaluate", "--data", "shapes10", "--classifier", Classifier, "--purifier", Purifier, "--samples", "20", "--adaptive-samples", "10", "--output", "record");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "record.json")));
        var result = record.RootElement.GetProperty("result");
        Assert.Equal(20, result.GetProperty("nonAdaptive").GetProperty("total").GetInt32());
        Assert.Equal(10, result.GetProperty("adaptive").GetProperty("total").GetInt32());
        Assert.Equal(64, record.RootElement.GetProperty("purifier").GetProperty("sha256").GetString()!.Length);
        Assert.Contains("adaptive", File.ReadAllText(Path.Combine(_folder, "record.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Benchmark_directions_writes_record_tables_and_page()
    {
        var outcome = await CommandLine.Run(_folder, "benchmark", "directions", "--data", "shapes10", "--classifier", Classifier, "--purifier", Purifier, "--samples", "8");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        var path = Path.Combine(_folder, "runs", "benchmark", "directions-maep-shapes10-classifier-shapes10");
        using var record = JsonDocument.Parse(File.ReadAllText(path + ".json"));
        Assert.Equal(8, record.RootElement.GetProperty("pairs").GetArrayLength());
        Assert.True(File.Exists(path + ".md") && File.Exists(path + ".html"));
        Assert.Contains("Over 8 images", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_takes_a_purifier_by_name_and_says_what_its_gradient_is()
    {
        var outcome = await CommandLine.Run(_folder, "evaluate", "--data", "shapes10", "--classifier", Classifier, "--purifier", "jpeg", "--samples", "5");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "runs", "evaluation", "jpeg-75-classifier-shapes10-pgd.json")));
        Assert.Equal("identity through JPEG (BPDA)", record.RootElement.GetProperty("gradientStandIn").GetString());
        Assert.Equal("jpeg:75", record.RootElement.GetProperty("purifier").GetProperty("file").GetString());
    }

    [Fact]
    public async Task An_exported_purifier_by_name_measures_as_the_name_does()
    {
        var exported = await CommandLine.Run(_folder, "export", "--purifier", "median", "--output", "median.onnx");
        var byFile = await CommandLine.Run(_folder, "evaluate", "--data", "shapes10", "--classifier", Classifier, "--purifier", "median.onnx", "--samples", "10", "--output", "file");
        var byName = await CommandLine.Run(_folder, "evaluate", "--data", "shapes10", "--classifier", Classifier, "--purifier", "median:3", "--samples", "10", "--output", "name");

        Assert.True(exported.ExitCode == 0 && byFile.ExitCode == 0 && byName.ExitCode == 0, exported.Error + byFile.Error + byName.Error);
        Assert.Equal(Result("name"), Result("file"));

        string Result(string record) => JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, record + ".json"))).RootElement.GetProperty("result").GetProperty("psnr").GetRawText();
    }

    [Theory]
    [InlineData("autoattack", "AutoAttack standard Linf epsilon 8/255 (apgd-ce, apgd-t, fab-t, square; to the last step)")]
    [InlineData("apgd-t", "APGD-T Linf epsilon 8/255, 100 steps, 1 start, 9 target classes; to the last step")]
    public async Task Evaluate_takes_the_attacks_of_autoattack(string name, string description)
    {
        var outcome = await CommandLine.Run(_folder, "evaluate", "--data", "shapes10", "--classifier", Classifier, "--attack", name, "--samples", "5", "--output", "record");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "record.json")));
        Assert.Equal(description, record.RootElement.GetProperty("attack").GetString());
    }

    [Fact]
    public async Task Demo_works_without_data_and_writes_a_page()
    {
        var outcome = await CommandLine.RunProcess(_folder, "demo", "--samples", "30");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("drawing Shapes10", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("data:image/png", File.ReadAllText(Path.Combine(_folder, "runs", "demo", "demo.html")), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Cancelled_training_keeps_a_checkpoint_and_goes_on_from_it()
    {
        Skip.If(OperatingSystem.IsWindows(), "sends SIGTERM with kill; SIGINT would not do, background jobs inherit it ignored");
        File.WriteAllText(Path.Combine(_folder, "tiny.json"), """
            { "name": "tiny", "data": "shapes10", "network": { "widths": [4, 4, 4] }, "batchSize": 50,
              "training": { "optimizer": "sgd", "learningRate": 0.1, "steps": 100000, "warmUpSteps": 10, "checkpointEvery": 2 } }
            """);
        var checkpoint = Path.Combine(_folder, "runs", "tiny", "checkpoint.zip");

        using var process = CommandLine.Start(_folder, "train", "classifier", "--recipe", "tiny.json", "--threads", "1");
        var finished = CommandLine.Finish(process);
        while (!File.Exists(checkpoint) && !process.HasExited)
            await Task.Delay(50);
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        var outcome = await finished;

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("goes on from it", outcome.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "runs", "tiny", "weights.safetensors")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
