using System.Text.Json;
using Maep.Images;
using Maep.Training.Data;

namespace Maep.Cli.Tests;

/// <summary>Class folders named by whole numbers, through each command that reads class folders.</summary>
public sealed class NumberedFoldersTests : IDisposable
{
    private static readonly string Models = Path.Combine(AppContext.BaseDirectory, "models");
    private static readonly string Classifier = Path.Combine(Models, "classifier-shapes10.onnx");

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-numbers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Attacked_images_have_the_class_that_the_number_of_their_folder_says()
    {
        WriteShapes("images", first: 1);
        File.WriteAllText(Path.Combine(_folder, "images", "1", "notes.txt"), "");

        var outcome = await CommandLine.Run(_folder, "evaluate", "--data", "images", "--size", "32", "--classifier", Classifier, "--attack", "fgsm", "--samples", "20", "--threads", "1", "--output", "record", "--verbose");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.True(Correct("record", "result", "bareClean") >= 18, "text order (1, 10, 2 ...) would leave 2 of 20");
        Assert.Contains("images: the 10 class folders are whole numbers and are numbered by value: folder '1' is class 0; torchvision and Keras number folders as text, '10' before '9'", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("images: passed over files in class folders that are no .png, .jpg or .jpeg (1): 1 .txt", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("class 9: folder '10'\n", outcome.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Corrupted_images_have_the_class_that_the_number_of_their_folder_says()
    {
        WriteShapes("images/fog/1", first: 1);
        File.WriteAllText(Path.Combine(_folder, "images", "fog", "1", "7", "picture.webp"), "");

        var outcome = await CommandLine.Run(_folder, "evaluate", "--imagenet-c", "images", "--pipeline", Classifier, "--threads", "1", "--output", "record", "--verbose");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "record.json")));
        Assert.True(record.RootElement.GetProperty("cells")[0].GetProperty("bare").GetProperty("correct").GetInt32() >= 18);
        Assert.Contains("folder '1' is class 0", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("images: passed over files in class folders that are no .png, .jpg or .jpeg (1)", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("class 9: folder '10'\n", outcome.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("corrupt images out --corruptions contrast --severities 1 --threads 1", "out/contrast/1")]
    [InlineData("colorize images out --palette palette.png --threads 1", "out/palette")]
    public async Task Images_that_are_made_of_others_keep_the_numbers_and_say_what_was_passed_over(string line, string made)
    {
        WriteShapes("images", first: 0);
        File.WriteAllText(Path.Combine(_folder, "images", "3", "picture.bmp"), "");
        File.WriteAllBytes(Path.Combine(_folder, "palette.png"), ImageFile.Png(new RgbImage([.. Enumerable.Range(0, 3 * 32 * 32).Select(place => (byte)place)], 32, 32)));

        var outcome = await CommandLine.Run(_folder, line.Split(' '));

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], ImageTree.Open(Path.Combine(_folder, made)).Classes.Select(folder => folder.Name));
        Assert.Contains("images: passed over files in class folders that are no .png, .jpg or .jpeg (1): 1 .bmp", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Photographs_to_train_on_are_numbered_by_value()
    {
        WriteShapes("data/photos", first: 1);
        File.WriteAllText(Path.Combine(_folder, "recipe.json"), """
            { "name": "tiny", "data": "photos", "folder": { "photoSize": 32, "cropSize": 32, "heldOut": 1, "crops": 1 }, "maskedSteps": 0, "batchSize": 1,
              "network": { "patchSize": 4, "encoderWidth": 8, "encoderDepth": 1, "encoderHeads": 1, "decoderWidth": 8, "decoderDepth": 1, "decoderHeads": 1, "residual": true },
              "pairs": { "batchSize": 2, "fromPrediction": true, "classifiers": [ { "path": "classifier-shapes10.onnx" } ], "attacks": [ { "kind": "fgsm" } ] },
              "training": { "steps": 1, "warmUpSteps": 1 } }
            """);

        var outcome = await CommandLine.Run(_folder, "train", "purifier", "--recipe", "recipe.json", "--weights", Models, "--threads", "1", "--data", "data");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("folder '1' is class 0", outcome.Output, StringComparison.Ordinal);
    }

    private int Correct(string record, params string[] path)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, record + ".json")));
        return path.Aggregate(json.RootElement, (element, name) => element.GetProperty(name)).GetProperty("correct").GetInt32();
    }

    // Two shapes of each class, in folders that are the number of their class from a first one on.
    private void WriteShapes(string folder, int first)
    {
        var shapes = Shapes10.Generate(20, seed: 2);
        for (var image = 0; image < shapes.Count; image++)
            AtomicFile.Write(Path.Combine(_folder, folder, $"{shapes.Labels[image] + first}", $"{image:D3}.png"), stream => stream.Write(ImageFile.Png(new RgbImage(shapes.Image(image).ToArray(), 32, 32))));
    }
}
