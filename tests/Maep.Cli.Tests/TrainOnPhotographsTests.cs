using SkiaSharp;

namespace Maep.Cli.Tests;

public sealed class TrainOnPhotographsTests : IDisposable
{
    private static readonly string Models = Path.Combine(AppContext.BaseDirectory, "models");

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-photos-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_of_photographs_trains_a_purifier_in_tiles()
    {
        foreach (var path in new[] { "a/1.png", "a/2.png", "b/1.png" })
            WritePhotograph(Path.Combine(_folder, "data", "photos", path));
        File.WriteAllText(Path.Combine(_folder, "recipe.json"), """
            { "name": "tiny", "data": "photos", "folder": { "photoSize": 44, "cropSize": 40, "heldOut": 1, "crops": 2 }, "maskedSteps": 0, "batchSize": 1,
              "network": { "patchSize": 4, "encoderWidth": 8, "encoderDepth": 1, "encoderHeads": 1, "decoderWidth": 8, "decoderDepth": 1, "decoderHeads": 1, "residual": true },
              "pairs": { "batchSize": 2, "fromPrediction": true, "classifiers": [ { "path": "classifier-shapes10.onnx" } ], "attacks": [ { "kind": "fgsm" } ] },
              "guidance": { "weight": 0.1, "classifiers": ["classifier-shapes10.onnx"] },
              "training": { "steps": 2, "warmUpSteps": 1 } }
            """);

        var elsewhere = await Train("--data", "nowhere");
        var probed = await Train("--data", "data", "--probe", "classifier-shapes10.onnx");
        var trained = await Train("--data", "data");

        Assert.Contains("the folder of photographs of the recipe, does not exist", elsewhere.Error, StringComparison.Ordinal);
        Assert.Contains("--probe measures on a test set by name", probed.Error, StringComparison.Ordinal);
        Assert.Equal((1, 1), (elsewhere.ExitCode, probed.ExitCode));
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.True(File.Exists(Path.Combine(_folder, "runs", "tiny", "weights.safetensors")));
        Assert.Equal(4 * 3 * 40 * 40, new FileInfo(Directory.GetFiles(Path.Combine(_folder, "runs", "pairs"), "photos-*.pairs").Single()).Length);
    }

    private Task<CommandLine.Outcome> Train(params string[] more) =>
        CommandLine.Run(_folder, ["train", "purifier", "--recipe", "recipe.json", "--weights", Models, "--threads", "1", .. more]);

    private static void WritePhotograph(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var bitmap = new SKBitmap(50, 60);
        bitmap.Erase(new SKColor(200, 100, 50));
        using var stream = File.Create(path);
        bitmap.Encode(stream, SKEncodedImageFormat.Png, 100);
    }
}
