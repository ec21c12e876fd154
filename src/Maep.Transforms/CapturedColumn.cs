using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Transforms;

/// <summary>Values of one upstream column for several rows, copied so that they outlive the upstream cursor's move to the next row.</summary>
internal abstract class CapturedColumn
{
    /// <summary>Room for <paramref name="capacity"/> rows of a column that is active in <paramref name="source"/>.</summary>
    public static CapturedColumn Create(DataViewRow source, DataViewSchema.Column column, int capacity)
    {
        var type = column.Type.RawType;
        if (type == typeof(MLImage))
        {
            return new CapturedImages(source, column, capacity);
        }
        var captured = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>)
            ? typeof(CapturedVectors<>).MakeGenericType(type.GenericTypeArguments)
            : typeof(CapturedValues<>).MakeGenericType(type);
        return (CapturedColumn)Activator.CreateInstance(captured, source, column, capacity)!;
    }

    /// <summary>Whether values of this type survive the upstream cursor's next row: a disposable other than an image cannot be copied.</summary>
    public static bool CanLookAhead(DataViewType type) =>
        type.RawType == typeof(MLImage) || !typeof(IDisposable).IsAssignableFrom(type.RawType);

    /// <summary>Copies the source's current value.</summary>
    /// <returns>Bytes of its pixels or values; 0 for a scalar.</returns>
    public abstract long Capture(int slot);

    /// <summary>A ValueGetter of the column's raw type for the slot that <paramref name="slot"/> returns at each call.</summary>
    public abstract Delegate CreateGetter(Func<int> slot);
}

internal sealed class CapturedValues<T>(DataViewRow source, DataViewSchema.Column column, int capacity) : CapturedColumn
{
    private readonly ValueGetter<T> _getter = source.GetGetter<T>(column);
    private readonly T[] _values = new T[capacity];

    public override long Capture(int slot)
    {
        _getter(ref _values[slot]);
        return 0;
    }

    public override Delegate CreateGetter(Func<int> slot) => (ValueGetter<T>)((ref T value) => value = _values[slot()]);
}

internal sealed class CapturedVectors<T>(DataViewRow source, DataViewSchema.Column column, int capacity) : CapturedColumn
{
    private readonly ValueGetter<VBuffer<T>> _getter = source.GetGetter<VBuffer<T>>(column);
    private readonly VBuffer<T>[] _values = new VBuffer<T>[capacity];

    public ref readonly VBuffer<T> this[int slot] => ref _values[slot];

    public override long Capture(int slot)
    {
        _getter(ref _values[slot]);
        return (long)_values[slot].GetValues().Length * Unsafe.SizeOf<T>();
    }

    public override Delegate CreateGetter(Func<int> slot) =>
        (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[slot()].CopyTo(ref value));
}

/// <summary>
/// Images are captured as bytes: upstream getters may hand out one image under several references and dispose it when they move on.
/// What upstream gave is never disposed here but handed back to it; what this column gives is always a new image.
/// </summary>
internal sealed class CapturedImages(DataViewRow source, DataViewSchema.Column column, int capacity) : CapturedColumn
{
    private readonly ValueGetter<MLImage> _getter = source.GetGetter<MLImage>(column);
    private readonly ImagePixels[] _images = [.. Enumerable.Range(0, capacity).Select(_ => new ImagePixels())];
    private MLImage _current = null!;

    public ImagePixels this[int slot] => _images[slot];

    public override long Capture(int slot)
    {
        _getter(ref _current);
        _images[slot].CopyFrom(_current);
        return _images[slot].IsMissing ? 0 : _images[slot].Bytes.Length;
    }

    public override Delegate CreateGetter(Func<int> slot) => (ValueGetter<MLImage>)((ref MLImage image) =>
    {
        image?.Dispose();
        image = _images[slot()].ToImage()!;
    });
}

/// <summary>A copy of an <see cref="MLImage"/>, or of a missing one.</summary>
internal sealed class ImagePixels
{
    private byte[] _bytes = [];

    public bool IsMissing { get; private set; } = true;
    public int Width { get; private set; }
    public int Height { get; private set; }
    public MLPixelFormat Format { get; private set; }
    public string? Tag { get; private set; }

    /// <summary>Four bytes a pixel in the order of <see cref="Format"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, 4 * Width * Height);

    public void CopyFrom(MLImage? image)
    {
        IsMissing = image is null;
        if (image is null)
        {
            return;
        }
        (Width, Height, Format, Tag) = (image.Width, image.Height, image.PixelFormat, image.Tag);
        if (_bytes.Length < 4 * Width * Height)
        {
            _bytes = new byte[4 * Width * Height];
        }
        image.Pixels.CopyTo(_bytes);
    }

    public MLImage? ToImage()
    {
        if (IsMissing)
        {
            return null;
        }
        var image = MLImage.CreateFromPixels(Width, Height, Format, Bytes);
        image.Tag = Tag;
        return image;
    }
}
