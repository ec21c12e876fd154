using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Transforms;

/// <summary>The images of several rows, purified together when the first of them is asked for.</summary>
internal abstract class PurificationBatch
{
    private const int Missing = -1;

    private readonly PurifierMapping _mapping;
    private readonly ColourRange _colours;
    private readonly float[] _images;
    private readonly float[] _purified;
    private readonly int[] _imageOfSlot;
    private readonly int[] _slotOfImage;
    private readonly long[] _rows;
    private readonly Action<int> _write;
    private int _count;
    private bool _isPurified;

    protected PurificationBatch(PurifierMapping mapping, int capacity)
    {
        _mapping = mapping;
        Column = mapping.Column;
        _colours = Column.Colours;
        _images = new float[capacity * Column.Length];
        // Tiles are joined after the last of them was cut, so a photograph of many needs no second array of its size.
        _purified = Column.Tiles is null ? new float[capacity * Column.Length] : _images;
        _imageOfSlot = new int[capacity];
        _slotOfImage = new int[capacity];
        _rows = new long[capacity];
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
    /// <param name="slot">Where it was captured.</param>
    /// <param name="row">Its position, for messages.</param>
    /// <exception cref="InvalidOperationException">The image has another size than the purifier takes, or values that are no colours.</exception>
    public void Add(int slot, long row)
    {
        _rows[slot] = row;
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

    /// <summary>What else tells a reader which image a slot holds; null for nothing.</summary>
    protected abstract string? Tag(int slot);

    /// <summary>Names the row of a slot in messages: "row 3 ('cat.png') of column 'Image'".</summary>
    protected string Describe(int slot)
    {
        var tag = string.IsNullOrEmpty(Tag(slot)) ? "" : $" ('{Tag(slot)}')";
        return string.Create(CultureInfo.InvariantCulture, $"row {_rows[slot]}{tag} of column '{Column.Name}'");
    }

    /// <summary>The purified image of a slot in the layout of the column, every value a colour; empty where the image is missing.</summary>
    /// <exception cref="InvalidDataException">The purifier gave a value that is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while it ran.</exception>
    protected ReadOnlySpan<float> Purified(int slot)
    {
        var session = _mapping.Session;
        session.ThrowIfDisposed();
        if (!_isPurified && _count > 0)
        {
            var length = _count * Column.Length;
            _mapping.Options.Cancellation.ThrowIfCancellationRequested();
            session.Run(_images.AsMemory(0, length), _write, _purified.AsMemory(0, length), Column.Shape(_count));
        }
        _isPurified = true;
        var image = _imageOfSlot[slot];
        if (image == Missing)
        {
            return [];
        }
        var purified = _purified.AsSpan(image * Column.Length, Column.Length);
        if (_colours.Clamp(purified) is { } excess)
        {
            Report(slot, excess);
        }
        return purified;
    }

    private void Report(int slot, float excess)
    {
        var model = _mapping.Options.ModelPath;
        var value = excess.ToString(CultureInfo.InvariantCulture);
        if (!float.IsFinite(excess))
        {
            throw new InvalidDataException($"{model}: the purifier gave {value} for {Describe(slot)}; a purified value is a finite number, so export the purifier again, and check that its training did not end in NaN.");
        }
        _mapping.Session.WarnOnce($"{model}: the purifier gave {value} for {Describe(slot)}, outside the colours of its layout ({_colours}); this and every such value is clamped, as the contract of a purifier asks of its own file. Said once.");
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
        ref readonly var vector = ref captured[slot];
        // The type promises the length, but rows of null and custom getters may break the promise.
        if (vector.Length != Column.Length)
        {
            throw new InvalidOperationException(
                $"Row{Describe(slot)[3..]} holds {vector.Length} values, and its type {Column.InputType}, as fitted, has {Column.Length}; give every row a vector of that length (null is one of length 0).");
        }
        var (least, most) = Column.Range ?? (float.MinValue, float.MaxValue);
        foreach (var value in vector.GetValues())
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

    protected override string? Tag(int slot) => null;
}
