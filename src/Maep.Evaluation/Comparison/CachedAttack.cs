using System.Security.Cryptography;
using System.Text;
using Maep.Attacks;
using Maep.Networks;
using Maep.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Comparison;

/// <summary>
/// An attack that perturbs a batch once for one model and gives the same images when asked again: purifiers that are compared non-adaptively meet the same images, at the cost of one attack.
/// They stay in memory, 12 bytes a pixel, and in a folder if one is given, where another run with the same model, seed, batches and build of the attacks finds them.
/// </summary>
/// <param name="attack">The attack.</param>
/// <param name="model">The model whose images are remembered; attacks on others are run each time.</param>
/// <param name="subject">Seed and weights of the model, which tell its images in the folder from those of others.</param>
/// <param name="folder">Folder of attacked images; null keeps none.</param>
public sealed class CachedAttack(IAttack attack, nn.Module<Tensor, Tensor> model, string subject, string? folder) : IAttack, IDisposable
{
    private const string Name = "attacked";

    private readonly Dictionary<string, Tensor> _found = [];
    private readonly string _description = $"{attack.Description}, {subject}";

    /// <inheritdoc/>
    public string Description => attack.Description;

    /// <inheritdoc/>
    public bool TakesGradients => attack.TakesGradients;

    /// <inheritdoc/>
    public IAttack ForRandomDefence => attack.ForRandomDefence;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A file of attacked images is damaged.</exception>
    public Tensor Perturb(nn.Module<Tensor, Tensor> attacked, Tensor images, Tensor labels, ImageStreams streams, CancellationToken cancellation = default)
    {
        if (!ReferenceEquals(attacked, model))
            return attack.Perturb(attacked, images, labels, streams, cancellation);
        var key = Key(images, labels);
        if (!_found.TryGetValue(key, out var found))
            _found[key] = found = (Kept(key) ?? Attack(images, labels, streams, key, cancellation)).DetachFromDisposeScope();
        return found.clone();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var found in _found.Values)
            found.Dispose();
    }

    // The streams are left out: the seed is in the description, and an image that comes twice may be attacked alike.
    private string Key(Tensor images, Tensor labels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // Another build of the attacks may find other images.
        hash.AppendData(Encoding.UTF8.GetBytes($"{_description}, {typeof(IAttack).Module.ModuleVersionId}"));
        hash.AppendData(images.contiguous().bytes);
        hash.AppendData(labels.contiguous().bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..24];
    }

    private Tensor? Kept(string key) => FileOf(key) is { } path && File.Exists(path)
        ? SafeTensors.Load(path).Tensors.GetValueOrDefault(Name) ?? throw new InvalidDataException($"{path}: holds no attacked images; delete it to make them again.")
        : null;

    private Tensor Attack(Tensor images, Tensor labels, ImageStreams streams, string key, CancellationToken cancellation)
    {
        var found = attack.Perturb(model, images, labels, streams, cancellation);
        if (FileOf(key) is { } path)
        {
            Directory.CreateDirectory(folder!);
            SafeTensors.Save(path, [new(Name, found)], new Dictionary<string, string> { ["attack"] = _description });
        }
        return found;
    }

    private string? FileOf(string key) => folder is null ? null : Path.Combine(folder, $"{key}.safetensors");
}
