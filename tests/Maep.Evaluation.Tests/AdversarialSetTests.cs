using System.Text.Json;
using Maep.Attacks;
using Maep.Networks;
using Maep.Training;
using Maep.Training.Data;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests;

public sealed class AdversarialSetTests : IDisposable
{
    private static readonly ProjectedGradientDescent Attack = new(new PgdOptions { Epsilon = 0.1, StepSize = 0.05, Steps = 3 });

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-set-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tensors_pictures_and_manifest_tell_the_same()
    {
        var images = ToyDefences.Images(30);
        var folder = Path.Combine(_folder, "set");

        var manifest = Write(folder, images);

        Assert.True(manifest.Robust!.Value.Correct < manifest.Clean!.Value.Correct, "the attack found nothing");
        Assert.InRange(manifest.LargestChange, 0.01, 0.1 + 1e-6);
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")));
        Assert.Equal(manifest.Robust.Value.Correct, json.RootElement.GetProperty("robust").GetProperty("correct").GetInt64());
        var tensors = SafeTensors.Load(Path.Combine(folder, "adversarial.safetensors")).Tensors;
        Assert.Equal([30, 3, 16, 16], tensors["images"].shape);
        var pictures = ImageFolder.Read(Path.Combine(folder, "images"), 16, 16);
        using var expected = (tensors["images"][3] * 255).round();
        using var stored = pictures.PixelTensor();
        Assert.Equal(30, pictures.Count);
        Assert.Contains(Enumerable.Range(0, 30), index => stored[index].to(ScalarType.Float32).equal(expected).all().item<bool>());
        Assert.False(Directory.Exists(folder + ".part"));
    }

    [Fact]
    public void A_run_that_was_cut_goes_on_and_ends_the_same()
    {
        var images = ToyDefences.Images(30);
        Write(Path.Combine(_folder, "whole"), images);
        using var stop = new CancellationTokenSource();
        var folder = Path.Combine(_folder, "cut");
        Assert.Throws<OperationCanceledException>(() => Write(folder, images, _ => stop.Cancel(), cancellation: stop.Token));
        Assert.True(Directory.Exists(folder + ".part"));

        Write(folder, images);

        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole", "adversarial.safetensors")), File.ReadAllBytes(Path.Combine(folder, "adversarial.safetensors")));
    }

    [Fact]
    public void A_run_that_was_cut_within_a_batch_does_that_batch_again_and_ends_the_same()
    {
        var images = ToyDefences.Images(30);
        Write(Path.Combine(_folder, "whole"), images);
        using var stop = new CancellationTokenSource();
        var (inner, questions, folder) = (new MeanChannelClassifier(1), 0, Path.Combine(_folder, "cut"));
        var model = new Answering(asked =>
        {
            if (++questions == 5) // in the second batch: each takes 3 steps
                stop.Cancel();
            return inner.call(asked);
        });
        Assert.Throws<OperationCanceledException>(() => Write(folder, images, model: model, cancellation: stop.Token));
        Assert.Equal(5, questions);
        Assert.Single(Directory.GetFiles(folder + ".part", "batch-*"));

        Write(folder, images);

        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole", "adversarial.safetensors")), File.ReadAllBytes(Path.Combine(folder, "adversarial.safetensors")));
    }

    [Fact]
    public void A_folder_may_be_named_with_a_slash_and_pictures_lie_where_their_classes_did()
    {
        var images = ToyDefences.Images(6);

        Write(Path.Combine(_folder, "set") + Path.DirectorySeparatorChar, images, folders: [.. images.ClassNames.Select((_, index) => $"n{index}")]);

        Assert.False(Directory.Exists(Path.Combine(_folder, "set", ".part")));
        Assert.Equal(["adversarial.safetensors", "images", "manifest.json"], Directory.GetFileSystemEntries(Path.Combine(_folder, "set")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetDirectories(Path.Combine(_folder, "set", "images")), path => Assert.StartsWith("n", Path.GetFileName(path), StringComparison.Ordinal));
    }

    [Fact]
    public void Folders_of_others_stay_as_they_are()
    {
        var folder = Path.Combine(_folder, "set");
        Directory.CreateDirectory(folder);
        Assert.Throws<IOException>(() => Write(folder, ToyDefences.Images(3)));

        Directory.Delete(folder);
        Directory.CreateDirectory(folder + ".part");
        File.WriteAllText(Path.Combine(folder + ".part", "facts.json"), "other");
        Assert.Contains("another attack", Assert.Throws<InvalidDataException>(() => Write(folder, ToyDefences.Images(3))).Message, StringComparison.Ordinal);
    }

    private static AdversarialManifest Write(string folder, LabelledImages images, Action<int>? progress = null, IReadOnlyList<string>? folders = null, nn.Module<Tensor, Tensor>? model = null, CancellationToken cancellation = default) =>
        new AdversarialSet(model ?? new MeanChannelClassifier(1), Attack, batchSize: 8).Write(folder, images, new AdversarialManifest
        {
            Command = "maep attack",
            Dataset = images.Name,
            Attack = Attack.Description,
            Attacker = "non-adaptive",
            Seed = 0,
            Classifier = new ModelReference("mean", "0"),
            ClassNames = images.ClassNames,
            ClassFolders = folders,
        }, progress ?? (_ => { }), cancellation);
}
