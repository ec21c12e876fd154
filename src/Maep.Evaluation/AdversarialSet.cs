using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maep.Attacks;
using Maep.Evaluation.Protocols;
using Maep.Networks;
using Maep.Training;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation;

/// <summary>What a folder of adversarial images holds, and how they were made; its file manifest.json.</summary>
public sealed record AdversarialManifest
{
    /// <summary>Command line that produced it.</summary>
    public required string Command { get; init; }

    /// <summary>Set that was attacked, for example "cifar10-test", from its start.</summary>
    public required string Dataset { get; init; }

    /// <summary>Attack with all its settings.</summary>
    public required string Attack { get; init; }

    /// <summary>"non-adaptive" (the bare classifier was attacked) or "adaptive" (purifier and classifier).</summary>
    public required string Attacker { get; init; }

    /// <summary>Seed of the attack.</summary>
    public required long Seed { get; init; }

    /// <summary>Classifier that was attacked.</summary>
    public required ModelReference Classifier { get; init; }

    /// <summary>Purifier that was attacked with it; null for the bare classifier.</summary>
    public ModelReference? Purifier { get; init; }

    /// <summary>What the attack differentiated instead of a purifier without useful gradients; null for exact gradients.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GradientStandIn { get; init; }

    /// <summary>Class names by label.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Folder of each class below images/, by label; null where they are called as the classes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ClassFolders { get; init; }

    /// <summary>Clean images that the attacked model gets right; null before the attack, as all counts.</summary>
    public AccuracyCount? Clean { get; init; }

    /// <summary>Of them, those it still gets right as float tensors.</summary>
    public AccuracyCount? Robust { get; init; }

    /// <summary>Of them, those it still gets right as 8-bit pictures.</summary>
    public AccuracyCount? RobustEightBit { get; init; }

    /// <summary>Largest change of a pixel, on [0, 1].</summary>
    public double LargestChange { get; init; }

    /// <summary>Processor architecture, cores and libraries.</summary>
    public string Machine { get; init; } = ResultRecord.ThisMachine;
}

/// <summary>
/// Attacks a set once and keeps the images for others: adversarial.safetensors (images [N, 3, H, W] float32 in [0, 1], labels [N]),
/// images/&lt;class&gt;/&lt;index&gt;.png with 8 bits a colour, manifest.json. A run that was cut goes on in FOLDER.part.
/// </summary>
/// <param name="model">The model that gives the verdicts: images to logits, in evaluation mode.</param>
/// <param name="attack">The attack.</param>
/// <param name="batchSize">Images attacked together.</param>
/// <param name="seen">The model to differentiate, where the attacker sees it otherwise, as several draws of a random one; null for <paramref name="model"/>.</param>
public sealed class AdversarialSet(nn.Module<Tensor, Tensor> model, IAttack attack, int batchSize = 100, nn.Module<Tensor, Tensor>? seen = null)
{
    private const string FactsFile = "facts.json";

    /// <summary>Attacks and writes what FOLDER.part does not hold yet, then renames it to the folder.</summary>
    /// <param name="folder">Folder to write; must not exist.</param>
    /// <param name="images">Images to attack.</param>
    /// <param name="facts">What the manifest says beforehand; the counts are filled in here.</param>
    /// <param name="progress">Receives images done.</param>
    /// <param name="cancellation">Stops after the current step of the attack; the batches before are kept, the current one is done again by the next run.</param>
    /// <exception cref="IOException">The folder exists.</exception>
    /// <exception cref="InvalidDataException">FOLDER.part belongs to another run, or a network answers what is no number.</exception>
    public AdversarialManifest Write(string folder, LabelledImages images, AdversarialManifest facts, Action<int> progress, CancellationToken cancellation)
    {
        folder = Path.TrimEndingDirectorySeparator(folder);
        if (Path.Exists(folder))
            throw new IOException($"'{folder}' exists already; name another folder, or delete it.");
        var part = AtomicFile.Fitting(folder + ".part");
        Begin(part, JsonSerializer.Serialize(facts with { Machine = "" }, RecordFiles.Json) + images.Digest());
        for (var first = 0; first < images.Count; first += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = BatchPath(part, first);
            if (!File.Exists(path))
                AttackBatch(path, images.Slice(first, Math.Min(batchSize, images.Count - first)), facts.Seed, first, cancellation);
            progress(Math.Min(first + batchSize, images.Count));
        }
        var manifest = Finish(part, images, facts, cancellation);
        Directory.Move(part, folder);
        foreach (var rest in Directory.GetFiles(folder, "batch-*.safetensors").Append(Path.Combine(folder, FactsFile)))
            File.Delete(rest);
        return manifest;
    }

    private static string BatchPath(string part, int first) => Path.Combine(part, string.Create(CultureInfo.InvariantCulture, $"batch-{first:D8}.safetensors"));

    private static void Begin(string part, string facts)
    {
        Directory.CreateDirectory(part);
        var path = Path.Combine(part, FactsFile);
        if (!File.Exists(path))
            AtomicFile.WriteText(path, facts);
        else if (File.ReadAllText(path) != facts)
            throw new InvalidDataException($"'{part}' belongs to another attack; give the same command to go on, or delete the folder to start again.");
    }

    private void AttackBatch(string path, LabelledImages batch, long seed, int first, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var bytes = batch.PixelTensor();
        var (clean, labels) = (LabelledImages.ToUnitRange(bytes), batch.LabelTensor());
        var adversarial = attack.Perturb(seen ?? model, clean, labels, new ImageStreams(seed, first, clean.shape[0]), cancellation);
        SafeTensors.Save(path, [new("images", adversarial)], new Dictionary<string, string>());
    }

    private AdversarialManifest Finish(string part, LabelledImages images, AdversarialManifest facts, CancellationToken cancellation)
    {
        var judge = new AskedModel(model, cancellation);
        using var noGradient = no_grad();
        var (clean, robust, eightBit, change) = (0L, 0L, 0L, 0.0);
        for (var first = 0; first < images.Count; first += batchSize)
        {
            using var scope = NewDisposeScope(); // one batch at a time is in memory
            using var bytes = images.Slice(first, Math.Min(batchSize, images.Count - first)).PixelTensor();
            var (original, labels) = (LabelledImages.ToUnitRange(bytes), images.Slice(first, (int)bytes.shape[0]).LabelTensor());
            var attacked = SafeTensors.Load(BatchPath(part, first)).Tensors["images"];
            var rounded = (attacked * 255).round() / 255;
            var streams = new ImageStreams(facts.Seed, first, original.shape[0]);
            var right = Verdict.Right(judge, original, labels, streams);
            clean += Count(right);
            robust += Count(right.logical_and(Verdict.Right(judge, attacked, labels, streams)));
            eightBit += Count(right.logical_and(Verdict.Right(judge, rounded, labels, streams)));
            change = Math.Max(change, (attacked - original).abs().max().item<float>());
            WritePictures(part, facts, images, attacked, first);
        }
        using var allLabels = images.LabelTensor();
        TensorInParts[] tensors = [new("images", [images.Count, 3, images.Height, images.Width], Attacked(part, images.Count)), new("labels", [images.Count], [allLabels])];
        SafeTensors.SaveParts(Path.Combine(part, "adversarial.safetensors"), tensors, new Dictionary<string, string> { ["attack"] = facts.Attack });
        var manifest = facts with { Clean = new(clean, images.Count), Robust = new(robust, images.Count), RobustEightBit = new(eightBit, images.Count), LargestChange = change };
        AtomicFile.WriteText(Path.Combine(part, "manifest.json"), JsonSerializer.Serialize(manifest, RecordFiles.Json) + "\n");
        return manifest;
    }

    private IEnumerable<Tensor> Attacked(string part, int count)
    {
        for (var first = 0; first < count; first += batchSize)
        {
            using var attacked = SafeTensors.Load(BatchPath(part, first)).Tensors["images"];
            yield return attacked;
        }
    }

    private static void WritePictures(string part, AdversarialManifest facts, LabelledImages images, Tensor attacked, int first)
    {
        foreach (var (offset, png) in PictureGrid.Pngs(attacked, scale: 1).Index())
        {
            var folder = Directory.CreateDirectory(Path.Combine(part, "images", (facts.ClassFolders ?? facts.ClassNames)[images.Labels[first + offset]]));
            File.WriteAllBytes(Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{first + offset:D6}.png")), png);
        }
    }

    private static long Count(Tensor right) => right.sum().item<long>();
}
