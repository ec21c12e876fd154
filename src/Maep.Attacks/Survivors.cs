using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// The images that a search has not fooled yet. Its tensors shrink together as images leave, so that no work goes into images that are done:
/// images do not influence each other, hence leaving early changes no verdict. The caller's dispose scope owns all tensors.
/// </summary>
internal class Survivors
{
    private readonly Tensor _found;
    private readonly Tensor _fooled;
    private Tensor _rows;

    public Survivors(Tensor images, Tensor labels, ImageStreams streams)
    {
        (_found, _fooled) = (images.clone(), zeros_like(labels, ScalarType.Bool));
        _rows = arange(images.shape[0], ScalarType.Int64, images.device);
        (Images, Labels, Streams) = (images.alias(), labels.alias(), streams);
    }

    /// <summary>[n, C, H, W], clean.</summary>
    public Tensor Images { get; private set; }

    /// <summary>[n], int64.</summary>
    public Tensor Labels { get; private set; }

    public ImageStreams Streams { get; private set; }

    public long Count => _rows.shape[0];

    /// <summary>Images and verdicts of all that took part.</summary>
    public SearchResult Result => new(_found, _fooled);

    /// <summary>Keeps the images that fool the model; call <see cref="Drop"/> to let them leave.</summary>
    /// <param name="fooled">[n], bool.</param>
    /// <param name="adversarial">[n, C, H, W].</param>
    public void Record(Tensor fooled, Tensor adversarial)
    {
        using var scope = NewDisposeScope();
        var hits = fooled.nonzero().squeeze(1);
        if (hits.shape[0] == 0)
            return;
        var rows = _rows.index_select(0, hits);
        _found.index_copy_(0, rows, adversarial.index_select(0, hits));
        _fooled.index_fill_(0, rows, true);
    }

    /// <summary>Lets images leave.</summary>
    /// <param name="leaving">[n], bool.</param>
    public void Drop(Tensor leaving)
    {
        using var rows = leaving.logical_not().nonzero();
        using var staying = rows.squeeze(1);
        if (staying.shape[0] < Count)
            Keep(staying);
    }

    /// <summary>Shrinks every tensor that has a row for each image.</summary>
    /// <param name="staying">[m], int64.</param>
    protected virtual void Keep(Tensor staying)
    {
        _rows = Shrink(_rows, staying);
        Images = Shrink(Images, staying);
        Labels = Shrink(Labels, staying);
        Streams = Streams.Select(staying);
    }

    protected static Tensor Shrink(Tensor column, Tensor staying)
    {
        var kept = column.index_select(0, staying);
        column.Dispose();
        return kept;
    }
}
