using System.Security.Cryptography;
using Maep.Attacks;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Comparison;

/// <summary>An attack that perturbs a batch once for one model and gives the same images when asked again: purifiers that are compared non-adaptively meet the same images, at the cost of one attack. They stay in memory: 12 bytes a pixel.</summary>
/// <param name="attack">The attack.</param>
/// <param name="model">The model whose images are remembered; attacks on others are run each time.</param>
public sealed class CachedAttack(IAttack attack, nn.Module<Tensor, Tensor> model) : IAttack, IDisposable
{
    private readonly Dictionary<string, Tensor> _found = [];

    /// <inheritdoc/>
    public string Description => attack.Description;

    /// <inheritdoc/>
    public IAttack ForRandomDefence => attack.ForRandomDefence;

    /// <inheritdoc/>
    public Tensor Perturb(nn.Module<Tensor, Tensor> attacked, Tensor images, Tensor labels, ImageStreams streams)
    {
        if (!ReferenceEquals(attacked, model))
            return attack.Perturb(attacked, images, labels, streams);
        // The streams are left out: one seed a run, and an image that comes twice may be attacked alike.
        var key = Convert.ToHexString(SHA256.HashData(images.contiguous().bytes));
        if (!_found.TryGetValue(key, out var found))
            _found[key] = found = attack.Perturb(attacked, images, labels, streams).DetachFromDisposeScope();
        return found.clone();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var found in _found.Values)
            found.Dispose();
    }
}
