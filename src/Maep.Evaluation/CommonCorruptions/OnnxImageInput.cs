using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>The input of an ONNX classifier, and how planar RGB in [0, 1] becomes what it takes.</summary>
internal sealed class OnnxImageInput
{
    private const int Colours = 3;

    private readonly Type _type;        // float, Float16 or byte
    private readonly int _channels;     // 3, or 1: grey
    private readonly bool _channelsLast;
    private readonly bool _anySize;
    private readonly ClassifierOptions _options;
    private float[] _values = [];
    private Float16[] _halves = [];
    private byte[] _bytes = [];

    private OnnxImageInput(string name, NodeMetadata node, int channels, bool channelsLast, ClassifierOptions options)
    {
        (Name, _type, _channels, _channelsLast, _options) = (name, node.ElementType, channels, channelsLast, options);
        Batch = Math.Max(0, node.Dimensions[0]);
        var (height, width) = channelsLast ? (node.Dimensions[1], node.Dimensions[2]) : (node.Dimensions[2], node.Dimensions[3]);
        (Height, Width, _anySize) = (height > 0 ? height : options.Height, width > 0 ? width : options.Width, height <= 0 || width <= 0);
    }

    public string Name { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Images that must be asked together; 0 for any number.</summary>
    public int Batch { get; }

    public string Description => string.Create(CultureInfo.InvariantCulture, $"'{Name}' {Layout} {Values}{Prepared}{(_anySize ? $", any size, here {Height}x{Width} {_options.SizeOrigin}" : "")}");

    private string Layout => _channelsLast ? $"[N, {Height}, {Width}, {_channels}]" : $"[N, {_channels}, {Height}, {Width}]";

    private string Values => $"{(_channels == Colours ? "RGB" : "grey (0.299 R + 0.587 G + 0.114 B)")} {(_type == typeof(byte) ? "in 0..255, rounded to bytes" : "in [0, 1]")}{(_type == typeof(Float16) ? " as float16" : "")}";

    private string Prepared => _options.Normalises ? $" less mean [{ClassifierOptions.Listed(_options.Mean)}] by standard deviation [{ClassifierOptions.Listed(_options.StandardDeviation)}]" : "";

    /// <summary>Finds the only input, which must take images.</summary>
    /// <exception cref="InvalidDataException">Another number of inputs, or one that takes no images.</exception>
    /// <exception cref="ArgumentException">Mean or standard deviation do not apply to the input.</exception>
    public static OnnxImageInput Find(string path, IReadOnlyDictionary<string, NodeMetadata> inputs, ClassifierOptions options)
    {
        if (inputs.ToArray() is not [{ Key: var name, Value: { IsTensor: true, Dimensions: [_, _, _, _] dimensions } node }]
            || (node.ElementType != typeof(float) && node.ElementType != typeof(Float16) && node.ElementType != typeof(byte))
            || Channels(dimensions) is not { } found)
        {
            throw new InvalidDataException($"{path}: inputs {OnnxSession.Listed(inputs)}; an image classifier has one, Single, Float16 or Byte [N, C, H, W] or [N, H, W, C], with C 3 for RGB or 1 for grey.");
        }
        if (node.ElementType == typeof(byte) && options.Normalises)
            throw new ArgumentException($"{path}: '{name}' takes bytes 0..255, so the network prepares them itself; leave mean and standard deviation out.");
        if (found.Count == 1 && (options.Mean.Distinct().Count() > 1 || options.StandardDeviation.Distinct().Count() > 1))
            throw new ArgumentException($"{path}: '{name}' takes grey images; give one number as mean and one as standard deviation.");
        return new OnnxImageInput(name, node, found.Count, found.Last, options);
    }

    /// <summary>Shape of so many images.</summary>
    public long[] Shape(int rows) => _channelsLast ? [rows, Height, Width, _channels] : [rows, _channels, Height, Width];

    /// <summary>The images as the input takes them; disposed by the caller before the next call.</summary>
    /// <param name="images">Images of its size.</param>
    /// <param name="rows">Rows of the tensor; a fixed batch that is not full ends in what was there before.</param>
    /// <param name="threads">CPU threads.</param>
    public OrtValue Fill(ClassifierInput[] images, int rows, int threads)
    {
        var length = _channels * Height * Width;
        if (_values.Length < rows * length)
            _values = new float[rows * length];
        Parallel.For(0, images.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, row => Write(images[row].Pixels, _values.AsSpan(row * length, length)));
        var used = _values.AsSpan(0, rows * length);
        if (_type == typeof(byte))
            return Value(ref _bytes, used, static value => (byte)Math.Round(Math.Clamp(value, 0, 1) * 255.0), Shape(rows));
        return _type == typeof(Float16) ? Value(ref _halves, used, static value => (Float16)value, Shape(rows))
            : OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _values.AsMemory(0, used.Length), Shape(rows));
    }

    private static (int Count, bool Last)? Channels(int[] dimensions) => dimensions switch
    {
        [_, Colours, _, _] => (Colours, false),
        [_, _, _, Colours] => (Colours, true),
        [_, 1, _, _] => (1, false),
        [_, _, _, 1] => (1, true),
        _ => null,
    };

    private static OrtValue Value<T>(ref T[] buffer, ReadOnlySpan<float> values, Func<float, T> convert, long[] shape)
        where T : unmanaged
    {
        if (buffer.Length < values.Length)
            buffer = new T[values.Length];
        for (var place = 0; place < values.Length; place++)
            buffer[place] = convert(values[place]);
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, buffer.AsMemory(0, values.Length), shape);
    }

    private void Write(float[] pixels, Span<float> target)
    {
        var plane = Height * Width;
        for (var channel = 0; channel < _channels; channel++)
        {
            var (mean, deviation) = (Of(_options.Mean, channel), Of(_options.StandardDeviation, channel));
            for (var pixel = 0; pixel < plane; pixel++)
            {
                // Grey as ITU-R BT.601 has it, and with it OpenCV, Pillow and JPEG.
                var value = _channels == Colours ? pixels[(channel * plane) + pixel] : (0.299f * pixels[pixel]) + (0.587f * pixels[plane + pixel]) + (0.114f * pixels[(2 * plane) + pixel]);
                target[_channelsLast ? (_channels * pixel) + channel : (channel * plane) + pixel] = (value - mean) / deviation;
            }
        }
    }

    private static float Of(IReadOnlyList<float> numbers, int channel) => numbers[numbers.Count == 1 ? 0 : channel];
}
