using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Maep.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>Everything a training run needs to go on bit for bit: a zip of weights, averaged weights, optimiser state and progress.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Minutes">Minutes of training so far, all sittings together.</param>
/// <param name="RecipeHash">Recipe that the run follows.</param>
public sealed record Checkpoint(long Step, double Minutes, string RecipeHash)
{
    /// <summary>Writes a checkpoint to a temporary name and renames.</summary>
    public void Save(string path, nn.Module model, IReadOnlyDictionary<string, Tensor> average, OptimizerHelper optimizer) =>
        AtomicFile.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
            Add(zip, "progress.json", entry => JsonSerializer.Serialize(entry, this));
            Add(zip, "model.safetensors", entry => SafeTensors.Write(entry, NamedWeights.Of(model), new Dictionary<string, string>()));
            Add(zip, "average.safetensors", entry => SafeTensors.Write(entry, average, new Dictionary<string, string>()));
            Add(zip, "optimizer.bin", entry =>
            {
                using var buffer = new MemoryStream(); // TorchSharp seeks; a zip entry cannot
                using var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true);
                optimizer.save_state_dict(writer);
                writer.Flush();
                buffer.WriteTo(entry);
            });
        });

    /// <summary>Restores a run from a checkpoint.</summary>
    /// <param name="path">File that <see cref="Save"/> wrote.</param>
    /// <param name="recipeHash">Recipe of the run that goes on.</param>
    /// <param name="model">Network to fill.</param>
    /// <param name="average">Averaged weights to fill.</param>
    /// <param name="optimizer">Optimiser of the same network to fill.</param>
    /// <exception cref="InvalidDataException">The file is damaged or belongs to another recipe.</exception>
    public static Checkpoint Load(string path, string recipeHash, nn.Module model, IReadOnlyDictionary<string, Tensor> average, OptimizerHelper optimizer)
    {
        using var zip = Open(path);
        var checkpoint = Progress(zip, path);
        checkpoint.RefuseOtherRecipe(recipeHash, path);
        NamedWeights.Fill(model, SafeTensors.Parse(Bytes(zip, "model.safetensors", path), path).Tensors, path);
        using var noGradient = no_grad();
        foreach (var (name, value) in SafeTensors.Parse(Bytes(zip, "average.safetensors", path), path).Tensors)
            average[name].copy_(value);
        using var reader = new BinaryReader(new MemoryStream(Bytes(zip, "optimizer.bin", path)));
        optimizer.load_state_dict(reader);
        return checkpoint;
    }

    /// <summary>How far a run is, without its weights.</summary>
    /// <param name="path">File that <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static Checkpoint Peek(string path)
    {
        using var zip = Open(path);
        return Progress(zip, path);
    }

    /// <summary>A run goes on under its own recipe only.</summary>
    /// <param name="recipeHash">Recipe of the run that would go on.</param>
    /// <param name="path">The checkpoint's file.</param>
    /// <exception cref="InvalidDataException">The checkpoint belongs to another recipe.</exception>
    public void RefuseOtherRecipe(string recipeHash, string path)
    {
        if (RecipeHash != recipeHash)
            throw new InvalidDataException($"{path}: belongs to recipe {RecipeHash}, not to {recipeHash}; give another folder for the run or delete the checkpoint.");
    }

    private static ZipArchive Open(string path)
    {
        try
        {
            return ZipFile.OpenRead(path);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path}: not a complete checkpoint; delete it to start again.", fault);
        }
    }

    private static Checkpoint Progress(ZipArchive zip, string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Checkpoint>(Bytes(zip, "progress.json", path))!;
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: its progress.json is damaged; delete the checkpoint to start again.", fault);
        }
    }

    private static void Add(ZipArchive zip, string name, Action<Stream> write)
    {
        using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        write(entry);
    }

    private static byte[] Bytes(ZipArchive zip, string name, string path)
    {
        var entry = zip.GetEntry(name) ?? throw new InvalidDataException($"{path}: holds no {name}; delete it to start again.");
        using var stream = entry.Open();
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }
}
