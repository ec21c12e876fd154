using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>A fresh random order of a data set for each epoch, reachable from the step number alone.</summary>
/// <param name="count">Images in the set.</param>
/// <param name="batchSize">Images of a step; the incomplete last batch of an epoch is dropped.</param>
/// <param name="seed">Seed of the orders.</param>
internal sealed class EpochOrder(int count, int batchSize, long seed) : IDisposable
{
    private readonly int _batchSize = Math.Min(batchSize, count);
    private readonly int _steps = count / Math.Min(batchSize, count);
    private long _epoch = -1;
    private Tensor? _order;

    /// <summary>Passes over the set completed before a step.</summary>
    public long EpochOf(long step) => step / _steps;

    /// <summary>[N] int64 positions of a step's images; the order owns the storage.</summary>
    public Tensor Batch(long step)
    {
        if (EpochOf(step) != _epoch)
        {
            _epoch = EpochOf(step);
            _order?.Dispose();
            using var random = new Generator((ulong)((seed * 7_368_787) + _epoch));
            _order = randperm(count, ScalarType.Int64, generator: random).DetachFromDisposeScope();
        }
        return _order!.narrow(0, step % _steps * _batchSize, _batchSize);
    }

    public void Dispose() => _order?.Dispose();
}
