using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Transforms;

/// <summary>The images of several rows, purified together when the first of them is asked for.</summary>
internal abstract class PurificationBatch
{
    private const int Missing = -1;

    private readonly PurifierSession _session;
    private readonly CancellationToken _cancellation;
    private readonly float[] _images;
    private readonly float[] _purified;
    private readonly int[] _imageOfSlot;
    private readonly int[] _slotOfImage;
    private readonly Action<int> _write;
    private int _count;
    private bool _isPurified;

    protected PurificationBatch(PurifierMapping mapping, int capacity)
    {
        _session = mapping.Session;
        _cancellation = mapping.Options.Cancellation;
        Column = mapping.Column;
        _images = new float[capacity * Column.Length];
        _purified = new float[capacity * Column.Length];
        _imageOfSlot = new int[capacity];
        _slotOfImage = new int[capacity];
        _write = image => Write(_slotOfImage[image], _images.AsSpan(image * Column.Length, Column.Length));
    }

    protected PurifiedColumn Column { get; }

    /// <summary>A batch that reads what <paramref name="captured"/>, the column to purify, has captured.</summary>
    public static PurificationBatch Create(PurifierMapping mapping, CapturedColumn captured, int capacity) => captured switch
    {
        CapturedImages images => new ImageBatch(mapping, images, capacity),
        CapturedVectors<float> vectors => new VectorBatch(mapping, vectors, capacity),
        _ => throw new InvalidOperationException($"Column '{mapping.Column.Name}' is captured as {captured.GetType().Name}; only images and vectors of float are purified."),
    };

    public void Clear()
    {
        _count = 0;
        _isPurified = false;
    }

    /// <summary>Adds the image captured in a slot; computes nothing yet.</summary>
    /// <exception cref="InvalidOperationException">The image has another size than the purifier takes, or values that are no colours.</exception>
    public void Add(int slot)
    {
        _imageOfSlot[slot] = Missing;
        if (Accept(slot))
        {
            _slotOfImage[_count] = slot;
            _imageOfSlot[slot] = _count++;
        }
    }

    /// <summary>A ValueGetter of the output column's raw type for the slot that <paramref name="slot"/> returns at each call.</summary>
    public abstract Delegate CreateGetter(Func<int> slot);

    /// <summary>Checks the image of a slot, so that a bad one is an error of its row; false where it is missing.</summary>
    protected abstract bool Accept(int slot);

    /// <summary>Writes the image of a slot in the layout of the column; threads call it at once for several slots.</summary>
    protected abstract void Write(int slot, Span<float> image);

    /// <summary>The purified image of a slot in the layout of the column; empty where the image is missing.</summary>
    protected ReadOnlySpan<float> Purified(int slot)
    {
        _session.ThrowIfDisposed();
        if (!_isPurified && _count > 0)
        {
            var length = _count * Column.Length;
            _cancellation.ThrowIfCancellationRequested();
            _session.Run(_images.AsMemory(0, length), _write, _purified.AsMemory(0, length), Column.Shape(_count));
        }
        _isPurified = true;
        var image = _imageOfSlot[slot];
        return image == Missing ? [] : _purified.AsSpan(image * Column.Length, Column.Length);
    }
}

/// <summary>Purifies vectors; the session's file knows their layout.</summary>
internal sealed class VectorBatch(PurifierMapping mapping, CapturedVectors<float> captured, int capacity) : PurificationBatch(mapping, capacity)
{
    public override Delegate CreateGetter(Func<int> slot) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
    {
        var purified = Purified(slot());
        var editor = VBufferEditor.Create(ref value, purified.Length);
        purified.CopyTo(editor.Values);
        value = editor.Commit();
    });

    protected override bool Accept(int slot)
    {
        var (least, most) = Column.Range ?? (float.MinValue, float.MaxValue);
        foreach (var value in captured[slot].GetValues())
        {
            if (!(value >= least && value <= most)) // NaN too
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"Column '{Column.Name}' holds the value {value}, and its Layout allows {least} to {most}, a range of colours beyond [0, 1] on either side; correct the value, or state the Layout: PixelLayout.FromExtractPixels() for what ExtractPixels gives by default."));
            }
        }
        return true;
    }

    protected override void Write(int slot, Span<float> image) => captured[slot].CopyTo(image);
}
