using System.Numerics.Tensors;

namespace Maep.Corruptions;

/// <summary>A square RGB image of floats, 0 black and 1 white: what corruptions work on.</summary>
public sealed class UnitImage
{
    /// <summary>A black image.</summary>
    /// <param name="side">Rows and columns, 1 or more.</param>
    public UnitImage(int side)
        : this(side, new float[3 * side * side])
    {
    }

    private UnitImage(int side, float[] values) => (Side, Values) = (side, values);

    /// <summary>Rows and columns.</summary>
    public int Side { get; }

    /// <summary>Pixels of one channel.</summary>
    public int Plane => Side * Side;

    /// <summary>3 x side x side values: planes R, G, B, rows first.</summary>
    public float[] Values { get; }

    /// <summary>One channel: 0 red, 1 green, 2 blue.</summary>
    public Span<float> Channel(int index) => Values.AsSpan(index * Plane, Plane);

    /// <summary>An 8-bit image, each value divided by 255.</summary>
    /// <exception cref="ArgumentException">The image is not square.</exception>
    public static UnitImage From(RgbImage image)
    {
        if (image.Height != image.Width)
            throw new ArgumentException($"The image has {image.Height} rows and {image.Width} columns; corruptions take square images: crop it.", nameof(image));
        return new UnitImage(image.Height, Array.ConvertAll(image.Planar, value => value / 255f));
    }

    /// <summary>
    /// The image with 8 bits a value, cut off and not rounded, as the original stores it (np.uint8). A thousandth of a grey level is
    /// added first, so that what was a whole level stays one in spite of 32-bit arithmetic.
    /// </summary>
    public RgbImage ToRgb() => new(Array.ConvertAll(Values, value => (byte)Math.Clamp((value * 255f) + 0.001f, 0f, 255f)), Side, Side);

    /// <summary>A copy that shares nothing.</summary>
    public UnitImage Copy() => new(Side, [.. Values]);

    /// <summary>Applies a filter to each channel, in place.</summary>
    internal UnitImage Filter(Func<float[], float[]> filter)
    {
        for (var channel = 0; channel < 3; channel++)
            filter(Channel(channel).ToArray()).CopyTo(Channel(channel));
        return this;
    }

    /// <summary>Limits every value to [0, 1], in place.</summary>
    internal UnitImage Clamp()
    {
        TensorPrimitives.Max(Values, 0f, Values);
        TensorPrimitives.Min(Values, 1f, Values);
        return this;
    }

}
