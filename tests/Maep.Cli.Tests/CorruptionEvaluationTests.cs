using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Maep.Images;
using Maep.Training.Data;

namespace Maep.Cli.Tests;

public sealed class CorruptionEvaluationTests : IDisposable
{
    private const int Photographs = 20;

    private static readonly string Classifier = Path.Combine(AppContext.BaseDirectory, "models", "classifier-shapes10.onnx");
    private static readonly string Purifier = Path.Combine(AppContext.BaseDirectory, "models", "maep-shapes10.onnx");

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-cli-").FullName;
    private readonly LabelledImages _shapes = Shapes10.Generate(Photographs, seed: 2);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("evaluate --imagenet-c root", "--imagenet-c needs --pipeline")]
    [InlineData("evaluate --imagenet-c root --pipeline x.onnx --classifier y.onnx", "--classifier does not apply to --imagenet-c")]
    [InlineData("evaluate --imagenet-c root --pipeline x.onnx --attack pgd", "--attack does not apply to --imagenet-c")]
    [InlineData("evaluate --imagenet-c root --cifar-c other --pipeline x.onnx", "both given")]
    [InlineData("evaluate --colored root --cifar-c other --pipeline x.onnx", "--cifar-c and --colored are both given")]
    [InlineData("evaluate --colored root --pipeline x.onnx --severities 1", "--severities does not apply to --colored")]
    [InlineData("evaluate --cifar-c root --pipeline x.onnx --clean clean", "--clean does not apply to --cifar-c")]
    [InlineData("evaluate --classifier x.onnx --clean clean", "--clean needs --imagenet-c")]
    [InlineData("evaluate --pipeline x.onnx", "give corrupted images with --imagenet-c or --cifar-c")]
    [InlineData("evaluate --imagenet-c root --pipeline x.onnx --severities 1,9", "--severities 1,9: whole numbers 1 to 5")]
    [InlineData("evaluate --imagenet-c root --pipeline x.onnx --image-fit stretch", "stretch")]
    [InlineData("evaluate --imagenet-c root --pipeline x.onnx --images-per-cell 0", "--images-per-cell 0 must be at least 1")]
    [InlineData("evaluate --imagenet-c root --pipeline x.onnx --std 1/0", "--std 1/0: one or three numbers above 0 such as 0.229 or 1/255 are allowed")]
    [InlineData("evaluate --imagenet-c root --pipeline x.onnx --mean 1/2/3", "--mean 1/2/3: one or three numbers such as 0.485 or 127/255 are allowed")]
    public async Task A_command_line_that_makes_no_sense_exits_2_and_says_why(string line, string words)
    {
        var outcome = await CommandLine.Run(_folder, line.Split(' '));

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_cannot_be_done_exits_1_and_names_the_remedy()
    {
        WriteShapes("images/fog/1", 1);

        var missing = await CommandLine.Run(_folder, "evaluate", "--imagenet-c", "none", "--pipeline", Classifier);
        var classes = await CommandLine.Run(_folder, "evaluate", "--imagenet-c", "images", "--pipeline", Classifier);
        var kind = await CommandLine.Run(_folder, "evaluate", "--imagenet-c", "images", "--classes", "classes.json", "--pipeline", "model.pt");
        var purifier = await CommandLine.Run(_folder, "evaluate", "--imagenet-c", "images", "--classes", "classes.json", "--pipeline", Classifier, "--purifier", "none.onnx");
        var size = await CommandLine.Run(_folder, "evaluate", "--imagenet-c", "images", "--classes", "classes.json", "--pipeline", Classifier, "--size", "64");
        var adversary = await CommandLine.Run(_folder, "evaluate", "--imagenet-c", "images", "--classes", "classes.json", "--pipeline", Classifier, "--purifier", "anti-adv");

        // Before the files are counted, which can take minutes.
        Assert.All([missing, classes, kind, purifier, size, adversary], outcome => Assert.Equal((1, false), (outcome.ExitCode, outcome.Error.Contains("listing the images", StringComparison.Ordinal))));
        Assert.Contains("'none' does not exist", missing.Error, StringComparison.Ordinal);
        Assert.Contains("--classes FILE", classes.Error, StringComparison.Ordinal);
        Assert.Contains("model.pt: neither .zip", kind.Error, StringComparison.Ordinal);
        Assert.Contains("none.onnx", purifier.Error, StringComparison.Ordinal);
        Assert.Contains("takes images of 32x32 (width x height) only; leave --size out", size.Error, StringComparison.Ordinal);
        Assert.Contains("neither alone nor with --pipeline", adversary.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "runs")));
    }

    [Fact]
    public async Task Bare_and_purified_accuracy_come_in_one_run_with_record_page_and_picture()
    {
        WriteShapes("images/weather/fog/1", 1);
        WriteShapes("images/weather/fog/3", 0.4);
        WriteShapes("clean", 1);
        File.WriteAllText(Path.Combine(_folder, "images", "manifest.json"), """{ "settings": { "kind": "corrupt", "seed": "4" } }""");
        File.WriteAllText(Path.Combine(_folder, "images", "weather", "fog", "3", Wnid(0), "broken.png"), "no image");

        var outcome = await CommandLine.Run(_folder, "evaluate", "--imagenet-c", "images", "--classes", "classes.json", "--clean", "clean", "--pipeline", Classifier, "--purifier", Purifier, "--threads", "1", "--output", "out/run");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "out", "run.json")));
        var (root, cells) = (record.RootElement, record.RootElement.GetProperty("cells"));
        Assert.Equal(Photographs, cells[0].GetProperty("bare").GetProperty("total").GetInt32());
        Assert.True(cells[0].GetProperty("bare").GetProperty("correct").GetInt32() >= 18);
        Assert.Equal(1, root.GetProperty("unreadableCount").GetInt32());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("summary").GetProperty("bare").GetProperty("meanCorruptionError").ValueKind);
        Assert.Contains("a second", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("there are none for these images", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Made by maep corrupt (seed 4)", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("broken.png", File.ReadAllText(Path.Combine(_folder, "out", "run.md")), StringComparison.Ordinal);
        var page = File.ReadAllText(Path.Combine(_folder, "out", "run.html"));
        Assert.Equal(2, page.Split("<svg class=\"drawing\"").Length - 1);
        Assert.Contains("data:image/png", page, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "out", "run.state.json")));
    }

    [Fact]
    public async Task Images_in_other_colours_are_compared_with_their_own()
    {
        WriteShapes("coloured/dusk", 0.2);
        WriteShapes("coloured/noon", 1);
        WriteShapes("clean", 1);

        var outcome = await CommandLine.Run(_folder, "evaluate", "--colored", "coloured", "--classes", "classes.json", "--clean", "clean", "--pipeline", Classifier, "--purifier", Purifier, "--threads", "1", "--output", "out/run");
        var alone = await CommandLine.Run(_folder, "evaluate", "--colored", "coloured", "--classes", "classes.json", "--pipeline", Classifier, "--threads", "1", "--output", "out/alone");
        var deep = await CommandLine.Run(_folder, "evaluate", "--colored", ".", "--classes", "classes.json", "--pipeline", Classifier);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "out", "run.json")));
        var (palettes, coloured) = (record.RootElement.GetProperty("palettes"), record.RootElement.GetProperty("coloured"));
        Assert.Equal(["dusk", "noon"], palettes.EnumerateArray().Select(palette => palette.GetProperty("palette").GetString()!));
        Assert.Equal(2 * Photographs, coloured.GetProperty("images").GetInt32());
        var right = palettes.EnumerateArray().Sum(palette => palette.GetProperty("bareCorrect").GetInt32());
        Assert.Equal(right / (2.0 * Photographs), coloured.GetProperty("bare").GetDouble(), 9);
        var clean = palettes[1].GetProperty("bareCorrect").GetInt32(); // noon is the originals
        Assert.Equal(((double)clean / Photographs) - (right / (2.0 * Photographs)), coloured.GetProperty("drop").GetDouble(), 9);
        Assert.Contains("| drop, points |", File.ReadAllText(Path.Combine(_folder, "out", "run.md")), StringComparison.Ordinal);
        Assert.Contains("data:image/png", File.ReadAllText(Path.Combine(_folder, "out", "run.html")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "run.png")) || outcome.Output.Contains("no .png, as this system has no font", StringComparison.Ordinal));
        Assert.True(alone.ExitCode == 0, alone.Error);
        Assert.Contains("The drop is withheld", alone.Output, StringComparison.Ordinal);
        Assert.Equal(1, deep.ExitCode);
        Assert.Contains("<palette>/<WordNet id>/<image>", deep.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arrays_as_of_CIFAR_C_are_recognised_and_a_purifier_may_be_a_name()
    {
        var root = Directory.CreateDirectory(Path.Combine(_folder, "CIFAR-10-C")).FullName;
        byte[] images = [.. Enumerable.Range(0, Photographs).SelectMany(image => Interleaved(_shapes.Image(image)))];
        WriteNpy(Path.Combine(root, "contrast.npy"), $"({5 * Photographs}, 32, 32, 3)", [.. Enumerable.Repeat(images, 5).SelectMany(copy => copy)]);
        WriteNpy(Path.Combine(root, "labels.npy"), $"({5 * Photographs},)", [.. Enumerable.Repeat(_shapes.Labels.ToArray(), 5).SelectMany(copy => copy).Select(label => (byte)label)]);

        var outcome = await CommandLine.Run(_folder, "evaluate", "--imagenet-c", root, "--pipeline", Classifier, "--purifier", "jpeg:90", "--severities", "1,5", "--mean", "0/255", "--std", "2/2,1,255/255", "--threads", "1", "--output", "run");
        var hundred = await CommandLine.Run(_folder, "evaluate", "--cifar-c", root, "--pipeline", Path.Combine(AppContext.BaseDirectory, "models", "classifier-cifar100.onnx"));

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "run.json")));
        var cells = record.RootElement.GetProperty("cells");
        Assert.Equal(2, cells.GetArrayLength());
        Assert.True(cells[1].GetProperty("bare").GetProperty("correct").GetInt32() >= 18);
        Assert.True(cells[1].GetProperty("purified").GetProperty("correct").GetInt32() >= 15);
        Assert.Equal(1, hundred.ExitCode);
        Assert.Contains("has 100 scores, but the images have 10 classes; give a classifier of these classes in this order", hundred.Error, StringComparison.Ordinal);
        Assert.Equal("jpeg:90", record.RootElement.GetProperty("purifier").GetProperty("file").GetString());
        Assert.Contains("there are none for these images", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_goes_on_where_it_was()
    {
        for (var severity = 1; severity <= 5; severity++)
            WriteShapes($"images/fog/{severity}", 1);
        string[] arguments = ["evaluate", "--imagenet-c", "images", "--classes", "classes.json", "--pipeline", Classifier, "--purifier", Purifier, "--threads", "1", "--output", "run"];
        var state = Path.Combine(_folder, "run.state.json");

        var first = await CommandLine.RunUntil("images classified: ", _folder, arguments); // the first cell is a batch and a fifth of the work
        var cells = new Regex("\"bareCorrect\": \\d+");
        var found = File.ReadAllText(state);
        // The classifier gets nearly all of these right: a count of none can only come from the state.
        File.WriteAllText(state, cells.Replace(found, "\"bareCorrect\": 0", count: 1));
        var second = await CommandLine.Run(_folder, arguments);

        Assert.Equal(1, first.ExitCode);
        Assert.Contains("goes on from it", first.Error, StringComparison.Ordinal);
        Assert.Single(cells.Matches(found)); // it stopped at once
        Assert.True(second.ExitCode == 0, second.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "run.json")));
        Assert.All(record.RootElement.GetProperty("cells").EnumerateArray(), cell => Assert.Equal(Photographs, cell.GetProperty("tried").GetInt32()));
        Assert.Equal(0, record.RootElement.GetProperty("cells")[0].GetProperty("bareCorrect").GetInt32());
        Assert.False(File.Exists(state));
    }

    // Ordinal order of the folders is not that of the classes, so that a mix-up shows.
    private static string Wnid(int label) => $"n{(label * 7) % 10:D8}";

    private void WriteShapes(string folder, double brightness)
    {
        File.WriteAllText(Path.Combine(_folder, "classes.json"), $"{{ {string.Join(", ", _shapes.ClassNames.Select((name, label) => $"\"{label}\": [\"{Wnid(label)}\", \"{name}\"]"))} }}");
        for (var image = 0; image < Photographs; image++)
        {
            var path = Directory.CreateDirectory(Path.Combine(_folder, folder, Wnid(_shapes.Labels[image]))).FullName;
            var pixels = _shapes.Image(image).ToArray();
            File.WriteAllBytes(Path.Combine(path, $"{image:D3}.png"), ImageFile.Png(new RgbImage(Array.ConvertAll(pixels, value => (byte)(value * brightness)), 32, 32)));
        }
    }

    private static IEnumerable<byte> Interleaved(ReadOnlySpan<byte> planar)
    {
        var copy = planar.ToArray();
        return Enumerable.Range(0, 32 * 32).SelectMany(pixel => new[] { copy[pixel], copy[1024 + pixel], copy[2048 + pixel] });
    }

    private static void WriteNpy(string path, string shape, byte[] content)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n");
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. header, .. content]);
    }
}
